import { createSocket } from "node:dgram";
import packet, { type Answer, type RecordType } from "dns-packet";

export interface DnsAnswer {
  /** `NOERROR`, `NXDOMAIN`, … */
  readonly status: string;
  readonly answers: readonly Answer[];
}

/** Asks a server such as `127.0.0.1:5301` over UDP, once and without recursion. */
export function askDns(server: string, name: string, type: RecordType): Promise<DnsAnswer> {
  const [host, port] = server.split(":");
  const socket = createSocket("udp4");
  return new Promise<DnsAnswer>((resolve, reject) => {
    socket.once("error", reject).once("message", (octets) => {
      const { answers = [], ...header } = packet.decode(octets);
      // The declarations of dns-packet do not have this field.
      const { rcode: status } = header as typeof header & { rcode: string };
      resolve({ status, answers });
    });
    socket.send(packet.encode({ type: "query", id: 1, questions: [{ name, type }] }), Number(port), host);
  }).finally(() => socket.close());
}
