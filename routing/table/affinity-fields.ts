/** The fields of session affinity, to the model: of a load balancer, and of the overrides of its rules. */
import type { AffinityAttributes, LoadBalancer } from "../model.ts";
import type { LoadBalancerFields } from "./schema.ts";

type Fields = Pick<
  LoadBalancerFields,
  "session_affinity" | "session_affinity_ttl" | "session_affinity_attributes"
>;
type Affine = Pick<
  LoadBalancer,
  "session_affinity" | "session_affinity_ttl" | "session_affinity_attributes"
>;

/** What is absent stays absent: a rule overrides field by field. */
export function affinityFields(fields: Fields): Affine {
  const { session_affinity, session_affinity_ttl, session_affinity_attributes } = fields;
  return {
    ...(session_affinity === undefined ? {} : { session_affinity: session_affinity || "none" }),
    ...(session_affinity_ttl === undefined ? {} : { session_affinity_ttl }),
    ...(session_affinity_attributes === undefined
      ? {}
      : { session_affinity_attributes: attributesOf(session_affinity_attributes) }),
  };
}

function attributesOf({
  zero_downtime_failover,
  headers,
  ...rest
}: NonNullable<Fields["session_affinity_attributes"]>): AffinityAttributes {
  return {
    ...rest,
    ...(zero_downtime_failover === undefined ? {} : { zero_downtime_failover }),
    headers: headers.map(headerItem),
  };
}

/** The names of headers have no case, those of cookies have. */
export const headerItem = (item: string): string => {
  const [header = "", ...cookies] = item.split(":");
  return [header.toLowerCase(), ...cookies].join(":");
};
