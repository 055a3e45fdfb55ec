/** The proxy's own calls of moto. */
import { invariant } from "../../../routing/result.ts";
import { MOTO_REGION } from "../moto.ts";
import { type Element, parseXml } from "./xml.ts";

/** moto looks only for the name of the service in it. */
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=testing/20261127/${MOTO_REGION}/route53/aws4_request`;

/** `path` below the version. A GET without a body, a POST with one. */
export function askMoto(endpoint: string, path: string, body?: string): Promise<Response> {
  const headers = { Authorization: AUTHORIZATION, "Content-Type": "application/xml" };
  const url = `${endpoint}/2013-04-01${path}`;
  return body === undefined
    ? fetch(url, { headers })
    : fetch(url, { method: "POST", headers, body });
}

export async function documentOf(answer: Response): Promise<Element> {
  const document = parseXml(await answer.text());
  invariant(answer.ok && document.ok, `moto answers ${answer.status} with XML`);
  return document.value;
}
