/** moto's server: the APIs of Route 53 and STS on loopback. It checks no signature and no limit. */
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { HOST, startServer } from "./process.ts";
import { needPrograms } from "./programs.ts";

/** moto takes any; the name of the account it answers with is its own. */
export const MOTO_CREDENTIALS = { accessKeyId: "testing", secretAccessKey: "testing" } as const;
export const MOTO_REGION = "us-east-1";

export interface Moto {
  /** For `endpoint` of an AWS client, of Route 53 and STS alike. */
  readonly endpoint: string;
  readonly port: number;
  /** A hosted zone that holds its NS and SOA only. Gives its ID, such as `Z0123456789`. */
  createZone(name: string): Promise<string>;
  /** Forgets every zone. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMoto(): Promise<Moto> {
  const server = await startServer({
    name: "moto",
    portCount: 1,
    prepare: (_folder, [port]) => ({
      program: needPrograms("moto").moto,
      flags: ["--host", HOST, "--port", String(port)],
    }),
    answers: async ([port]) => (await fetch(`http://${HOST}:${port}/moto-api/data.json`)).ok,
  });
  const [port = 0] = server.ports;
  const endpoint = `http://${HOST}:${port}`;
  const client = new Route53Client({
    endpoint,
    region: MOTO_REGION,
    credentials: MOTO_CREDENTIALS,
  });
  let zones = 0;
  return {
    endpoint,
    port,
    async createZone(name) {
      const command = new CreateHostedZoneCommand({ Name: name, CallerReference: `${zones++}` });
      const { HostedZone } = await client.send(command);
      return (HostedZone?.Id ?? "").replace("/hostedzone/", "");
    },
    async reset() {
      await fetch(`${endpoint}/moto-api/reset`, { method: "POST" });
    },
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
}
