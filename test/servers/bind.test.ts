import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bind, makeTsigKey, startBind, type TsigKey } from "./bind.ts";
import { ask } from "./dig.ts";
import { needingServers, serversMissing } from "./find.ts";
import { isFree } from "./process.ts";
import { needPrograms } from "./programs.ts";

const ZONE = "bind.test";

/** Runs a program of BIND's to its end, and gives what it said and its exit code. */
async function run(program: string, flags: readonly string[], input: string) {
  const child = spawn(program, flags, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const ended = once(child, "exit");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code, said: out + err };
}

const flagOf = ({ name, algorithm, secret }: TsigKey) => ["-y", `${algorithm}:${name}:${secret}`];

describe.skipIf(serversMissing)(needingServers("BIND"), () => {
  let server: Bind;
  beforeAll(async () => {
    server = await startBind({ zones: [ZONE] });
  });
  afterAll(() => server?.stop());

  const add = (name: string, data: string, key: readonly string[], zone = ZONE) =>
    run(
      needPrograms("nsupdate").nsupdate,
      key,
      `server ${server.host} ${server.port}\nzone ${zone}\nadd ${name} 60 ${data}\nsend\n`,
    );
  const transfer = (key: readonly string[]) =>
    run(
      needPrograms("dig").dig,
      [`@${server.host}`, "-p", `${server.port}`, ZONE, "AXFR", "+noall", "+answer", ...key],
      "",
    );
  const dataOf = async (name: string) =>
    (await ask({ port: server.port, name, type: "A" })).answers.map(({ data }) => data);

  test.each(["key", "key512"] as const)(
    "an update signed with %s is served at once",
    async (which) => {
      const name = `${which}.${ZONE}`;
      const { code } = await add(name, "A 192.0.2.1", flagOf(server[which]));
      expect({ code, data: await dataOf(name) }).toEqual({ code: 0, data: ["192.0.2.1"] });
    },
  );

  const wrong = makeTsigKey("tradewind-256", "hmac-sha256");
  test.each([
    ["a secret that is wrong", flagOf(wrong), "NOTAUTH(BADSIG)"],
    ["a key that is unknown", flagOf({ ...wrong, name: "stranger" }), "NOTAUTH(BADKEY)"],
    ["no key", [], "REFUSED"],
  ])("an update with %s is refused and changes nothing", async (_title, key, rcode) => {
    const name = `refused.${ZONE}`;
    const { code, said } = await add(name, "A 192.0.2.1", key);
    expect(code).toBe(2);
    expect(said).toContain(rcode);
    expect(await dataOf(name)).toEqual([]);
  });

  test("a transfer is given to a key, and to nobody without one", async () => {
    const given = await transfer(flagOf(server.key));
    expect(given.said).toContain(`ns1.${ZONE}.\t\t60\tIN\tA\t127.0.0.1`);
    expect((await transfer([])).said).toContain("Transfer failed");
  });

  test("a zone created later is served and updated as the first is", async () => {
    await server.createZone("later.test.");
    await add("www.later.test", "A 192.0.2.9", flagOf(server.key), "later.test");
    expect(await dataOf("www.later.test")).toEqual(["192.0.2.9"]);
    expect(await dataOf(`ns1.${ZONE}`)).toEqual(["127.0.0.1"]);
  });

  test("a name of another zone is refused: it resolves for nobody", async () => {
    const found = await ask({ port: server.port, name: "elsewhere.example", type: "A" });
    expect(found).toMatchObject({ rcode: "REFUSED", answers: [] });
  });

  test("a stopped one leaves its port to others", async () => {
    const other = await startBind({ zones: ["other.test"] });
    expect(await isFree(other.port)).toBe(false);
    await other.stop();
    expect(await isFree(other.port)).toBe(true);
  });
});
