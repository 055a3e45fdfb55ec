/** A DNS message as bytes (RFC 1035, section 4). Owner names are compressed when written and followed through pointers when read. */
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import { ByteReader, concat, Malformed, u16, u32 } from "./bytes.ts";
import { labelsOf, nameBytes, readName } from "./names.ts";
import { expanded } from "./rdata.ts";
import { TYPE_TSIG } from "./types.ts";

/** Its length over TCP is two bytes (RFC 1035, section 4.2.2). */
export const MESSAGE_BYTES_MAX = 65_535;
const HEADER_BYTES = 12;
/** A pointer has 14 bits (section 4.1.4). */
const POINTER_MAX = 0x3fff;

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

export interface ResourceRecord extends Question {
  readonly ttl: number;
  /** Without compression. */
  readonly rdata: Uint8Array;
}

/** Sections by the names of RFC 1035; an update calls them zone, prerequisites, update and additional (RFC 2136, section 2). */
export interface Sections {
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
}

export interface Message extends Sections {
  readonly id: number;
  readonly isAnswer: boolean;
  readonly opcode: number;
  readonly rcode: number;
  readonly additionals: readonly ResourceRecord[];
  /** Where a TSIG record begins, which is the last of the message (RFC 8945, section 5.1). */
  readonly tsigAt: number | undefined;
}

/** Without TSIG. Errors: throws `Malformed` for a name that is none. */
export function messageBytes(
  id: number,
  opcode: number,
  { questions, answers, authorities }: Sections,
): Uint8Array {
  const bytes: number[] = [
    ...u16(id),
    ...u16(opcode << 11),
    ...[questions, answers, authorities, []].flatMap(({ length }) => u16(length)),
  ];
  const offsets = new Map<string, number>();
  for (const { name, type, class: inClass } of questions) {
    writeName(bytes, offsets, name);
    bytes.push(...u16(type), ...u16(inClass));
  }
  for (const { name, type, class: inClass, ttl, rdata } of [...answers, ...authorities]) {
    writeName(bytes, offsets, name);
    bytes.push(...u16(type), ...u16(inClass), ...u32(ttl), ...u16(rdata.length));
    // Not spread: a record has more bytes than a call may have arguments.
    for (const byte of rdata) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function writeName(bytes: number[], offsets: Map<string, number>, name: string): void {
  const labels = labelsOf(name);
  for (let at = 0; at < labels.length; at += 1) {
    const suffix = labels.slice(at).join(" ");
    const known = offsets.get(suffix);
    if (known !== undefined) {
      bytes.push(...u16(0xc000 + known));
      return;
    }
    if (bytes.length <= POINTER_MAX) offsets.set(suffix, bytes.length);
    const label = labels[at] ?? [];
    bytes.push(label.length, ...label);
  }
  bytes.push(0);
}

/** A record with nothing compressed, as TSIG's is added at the end. */
export const recordBytes = ({ name, type, class: inClass, ttl, rdata }: ResourceRecord) =>
  concat([nameBytes(name), u16(type), u16(inClass), u32(ttl), u16(rdata.length), rdata]);

/** Refusal: why these bytes are no message, as the second half of a sentence. Cost: linear in the bytes, whatever they are. */
export function readMessage(bytes: Uint8Array): Result<Message, string> {
  try {
    return ok(read(new ByteReader(bytes)));
  } catch (error) {
    if (error instanceof Malformed) return refuse(error.message);
    throw error;
  }
}

function read(reader: ByteReader): Message {
  if (reader.left < HEADER_BYTES) throw new Malformed("is shorter than a header");
  const [id, flags] = [reader.u16(), reader.u16()];
  const counts = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  const [questionCount = 0, answerCount = 0, authorityCount = 0, additionalCount = 0] = counts;
  const questions = times(questionCount, () => ({
    name: readName(reader),
    type: reader.u16(),
    class: reader.u16(),
  }));
  const answers = times(answerCount, () => readRecord(reader));
  const authorities = times(authorityCount, () => readRecord(reader));
  let lastAt = 0;
  const additionals = times(additionalCount, () => {
    lastAt = reader.at;
    return readRecord(reader);
  });
  if (reader.left > 0) throw new Malformed(`has ${reader.left} bytes too many`);
  const tsigs = [...answers, ...authorities, ...additionals].filter(
    ({ type }) => type === TYPE_TSIG,
  );
  const isSigned = additionals.at(-1)?.type === TYPE_TSIG;
  if (tsigs.length > (isSigned ? 1 : 0)) throw new Malformed("has a TSIG that is not its last");
  return {
    id,
    isAnswer: flags >= 0x8000,
    opcode: (flags >>> 11) & 0xf,
    rcode: flags & 0xf,
    questions,
    answers,
    authorities,
    additionals,
    tsigAt: isSigned ? lastAt : undefined,
  };
}

/** Each reads at least a byte or throws, so a count that lies costs no more than the message has bytes. */
function times<T>(count: number, each: () => T): readonly T[] {
  const found: T[] = [];
  while (found.length < count) found.push(each());
  return found;
}

function readRecord(reader: ByteReader): ResourceRecord {
  const name = readName(reader);
  const [type, inClass, ttl] = [reader.u16(), reader.u16(), reader.u32()];
  const length = reader.u16();
  const rdata = expanded(type, new ByteReader(reader.bytes, reader.at, reader.at + length));
  reader.take(length);
  return { name, type, class: inClass, ttl, rdata };
}
