/** Answers in the forms of Route 53. */
import type { Refused } from "./change-batch.ts";
import { NAMESPACE } from "./record-set.ts";
import { textElement } from "./xml.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly media: string;
}

export const xmlAnswer = (status: number, body: string): Answer => ({
  status,
  body,
  media: "text/xml",
});

export function errorAnswer(status: number, code: string, message: string): Answer {
  const type = status < 500 ? "Sender" : "Receiver";
  const error = `<Error>${textElement("Type", type)}${textElement("Code", code)}${textElement("Message", message)}</Error>`;
  return xmlAnswer(
    status,
    `<?xml version="1.0"?>\n<ErrorResponse xmlns="${NAMESPACE}">${error}${textElement("RequestId", "00000000-0000-0000-0000-000000000000")}</ErrorResponse>`,
  );
}

/** "A Code element with a value of Throttling and a Message element with a value of Rate exceeded." */
export const throttled = () => errorAnswer(400, "Throttling", "Rate exceeded");

/** "If Amazon Route 53 can't process a request before the next request arrives, it will reject subsequent requests for the same hosted zone and return an HTTP 400 error (Bad request)." */
export const priorRequestNotComplete = () =>
  errorAnswer(
    400,
    "PriorRequestNotComplete",
    "The request was rejected because Route 53 was still processing a prior request.",
  );

export const noSuchZone = (id: string) =>
  errorAnswer(404, "NoSuchHostedZone", `No hosted zone found with ID: ${id}`);

export const noSuchHealthCheck = (id: string) =>
  errorAnswer(404, "NoSuchHealthCheck", `A health check with id ${id} does not exist.`);

/** InvalidChangeBatch lists its messages in brackets. */
export const refused = ({ code, messages }: Refused) =>
  errorAnswer(
    400,
    code,
    code === "InvalidChangeBatch" ? `[${messages.join(", ")}]` : messages.join(", "),
  );

export function changeInfo(root: string, id: string, status: "PENDING" | "INSYNC"): Answer {
  const info = [
    textElement("Id", `/change/${id}`),
    textElement("Status", status),
    // When it was submitted nobody asks; a fixed time keeps answers comparable.
    textElement("SubmittedAt", "2026-11-27T12:00:00.000Z"),
  ].join("");
  return xmlAnswer(
    200,
    `<?xml version="1.0"?>\n<${root} xmlns="${NAMESPACE}"><ChangeInfo>${info}</ChangeInfo></${root}>`,
  );
}
