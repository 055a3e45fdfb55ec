/** The body of ChangeResourceRecordSets. */
import { ok, type Result, refuse } from "../../../routing/result.ts";
import { type R53Change, type Refused, readChange } from "./change-batch.ts";
import { NAMESPACE } from "./record-set.ts";
import { child, parseXml } from "./xml.ts";

/** Errors: the first thing in it that is not of the API's form. */
export function readRequest(body: string): Result<readonly R53Change[], Refused> {
  const document = parseXml(body);
  if (!document.ok) return refuse(invalid(document.error));
  const { name, namespace, children } = document.value;
  const [batch, more] = children;
  if (name !== "ChangeResourceRecordSetsRequest" || namespace !== NAMESPACE) {
    return refuse(invalid(`the root must be ChangeResourceRecordSetsRequest of ${NAMESPACE}`));
  }
  if (batch?.name !== "ChangeBatch" || more !== undefined) {
    return refuse(invalid("the request is one ChangeBatch"));
  }
  const list = child(batch, "Changes");
  const others = batch.children.filter(({ name }) => name !== "Changes" && name !== "Comment");
  // The vendor's own client for JavaScript writes the Comment last, whatever the syntax says of the order.
  if (list === null || others.length > 0 || batch.children.length > 2) {
    return refuse(invalid("a ChangeBatch is a Comment, if any, and Changes"));
  }
  if (list.children.length === 0) return refuse(invalid("Changes must have at least one Change"));
  const changes: R53Change[] = [];
  for (const element of list.children) {
    if (element.name !== "Change") return refuse(invalid(`unexpected element '${element.name}'`));
    const change = readChange(element);
    if (!change.ok) return change;
    changes.push(change.value);
  }
  return ok(changes);
}

const invalid = (message: string): Refused => ({
  code: "InvalidInput",
  messages: [`Invalid XML ; ${message}`],
});
