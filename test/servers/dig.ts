/** Asks a DNS server with real packets, and gives its answer in a form that tests compare. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import {
  type Answer,
  type DecodedPacket,
  decode,
  encode,
  type Packet,
  type RecordType,
  streamEncode,
} from "dns-packet";

/** A packet lost on loopback is not news: the server may still be starting. */
const ANSWERS_WITHIN_MS = 5_000;

export interface Question {
  readonly port: number;
  readonly host?: string;
  /** With or without the last dot. */
  readonly name: string;
  readonly type: RecordType;
  /** Over TCP at once; else over UDP, and over TCP when the answer came truncated (RFC 7766). */
  readonly tcp?: boolean;
}

export interface Found {
  /** Of RFC 1035 and IANA's registry: `NOERROR`, `NXDOMAIN`, `REFUSED`, … */
  readonly rcode: string;
  /** The server has authority over the name (AA). */
  readonly authoritative: boolean;
  /** Which transport the answer came by. */
  readonly transport: "udp" | "tcp";
  /** Sorted: the order of records in an answer means nothing (RFC 1034, section 3.6). */
  readonly answers: readonly FoundRecord[];
}

export interface FoundRecord {
  /** Lower case, without the last dot. */
  readonly name: string;
  readonly type: string;
  readonly ttlS: number;
  /** As a zone file has it (RFC 1035, section 5): names without the last dot, texts quoted. */
  readonly data: string;
}

/** Errors: rejects when nobody answers within 5 s, or the answer is to another question. */
export async function ask(question: Question): Promise<Found> {
  const { host = "127.0.0.1", tcp = false } = question;
  const packet: Packet = {
    type: "query",
    id: 1 + Math.floor(Math.random() * 65_535),
    questions: [{ type: question.type, name: question.name.replace(/\.$/, "") }],
  };
  const overUdp = tcp ? null : decode(await exchangeUdp(host, question.port, encode(packet)));
  const answer =
    overUdp === null || overUdp.flag_tc
      ? decode(await exchangeTcp(host, question.port, streamEncode(packet)))
      : overUdp;
  if (answer.id !== packet.id) throw new Error(`${question.name}: the answer is to another query`);
  return {
    rcode: rcodeOf(answer),
    authoritative: answer.flag_aa,
    transport: answer === overUdp ? "udp" : "tcp",
    answers: (answer.answers ?? []).map(canonical).sort(byText),
  };
}

/** What @types/dns-packet leaves out of a decoded packet. */
const rcodeOf = (packet: DecodedPacket) => (packet as DecodedPacket & { rcode: string }).rcode;

const byText = (a: FoundRecord, b: FoundRecord) => (textOf(a) < textOf(b) ? -1 : 1);
const textOf = ({ name, type, data }: FoundRecord) => `${name} ${type} ${data}`;

function canonical(answer: Answer): FoundRecord {
  return {
    name: answer.name.toLowerCase(),
    type: answer.type,
    ttlS: "ttl" in answer ? (answer.ttl ?? 0) : 0,
    data: dataOf(answer),
  };
}

function dataOf(answer: Answer): string {
  switch (answer.type) {
    case "A":
    case "AAAA":
      return answer.data;
    case "CNAME":
    case "NS":
    case "PTR":
    case "DNAME":
      return answer.data.toLowerCase();
    case "TXT":
      return [answer.data].flat().map(quoted).join(" ");
    case "MX":
      return `${answer.data.preference ?? 0} ${answer.data.exchange.toLowerCase()}`;
    case "SRV": {
      const { priority = 0, weight = 0, port, target } = answer.data;
      return `${priority} ${weight} ${port} ${target.toLowerCase()}`;
    }
    case "CAA":
      return `${answer.data.flags ?? 0} ${answer.data.tag} ${quoted(answer.data.value)}`;
    case "SOA": {
      const { mname, rname, serial, refresh, retry, expire, minimum } = answer.data;
      return [
        mname.toLowerCase(),
        rname.toLowerCase(),
        serial,
        refresh,
        retry,
        expire,
        minimum,
      ].join(" ");
    }
    default:
      throw new Error(`dig.ts has no text form of ${answer.type}: add it beside the others`);
  }
}

const quoted = (text: string | Buffer) =>
  `"${text.toString().replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

async function exchangeUdp(host: string, port: number, query: Buffer): Promise<Buffer> {
  const socket = createSocket("udp4");
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  try {
    // A connected socket hears of a closed port at once, and of nobody else's packets.
    socket.connect(port, host);
    await once(socket, "connect", { signal });
    socket.send(query);
    const [answer] = (await once(socket, "message", { signal })) as [Buffer];
    return answer;
  } finally {
    socket.close();
  }
}

/** RFC 1035, section 4.2.2: two bytes of length before the message. */
async function exchangeTcp(host: string, port: number, query: Buffer): Promise<Buffer> {
  const socket = connect(port, host);
  const end = setTimeout(() => socket.destroy(new Error("no answer over TCP")), ANSWERS_WITHIN_MS);
  try {
    socket.write(query);
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      if (received.length < 2) continue;
      const length = received.readUInt16BE(0);
      if (received.length >= 2 + length) return received.subarray(2, 2 + length);
    }
    throw new Error(`The server closed after ${received.length} bytes of an answer`);
  } finally {
    clearTimeout(end);
    socket.destroy();
  }
}
