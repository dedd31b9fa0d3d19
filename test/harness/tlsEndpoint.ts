import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createServer } from "node:tls";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A TLS endpoint on 127.0.0.1 with a self-signed certificate. */
export interface TlsEndpoint {
  readonly port: number;
  /** The file of the certificate, for NODE_EXTRA_CA_CERTS. */
  readonly certificate: string;
  close(): Promise<void>;
}

/** Puts the server behind into `Host`, as a gateway does. The emulator refuses other hosts. */
function forwarded(chunk: Buffer, behind: number): Buffer {
  const text = chunk.toString("latin1");
  if (!/^(GET|POST) /.test(text)) return chunk;
  return Buffer.from(text.replace(/^host:[^\r\n]*/im, `host: 127.0.0.1:${behind}`), "latin1");
}

/** Puts TLS, with a certificate for these names, before a plain server on a port of 127.0.0.1. */
export async function startTlsEndpoint(behind: number, ...names: string[]): Promise<TlsEndpoint> {
  const directory = mkdtempSync(path.join(tmpdir(), "tls-endpoint-"));
  const [key, certificate] = ["key.pem", "certificate.pem"].map((file) => path.join(directory, file)) as [
    string,
    string,
  ];
  const subject = [
    "-subj",
    `/CN=${names[0]}`,
    "-addext",
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
  ];
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"];
  await run("openssl", ["req", "-x509", ...ec, ...subject, "-keyout", key, "-out", certificate]);
  const sockets = new Set<Socket>();
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
    const upstream = connect(behind, "127.0.0.1");
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
    }
    socket.on("data", (chunk) => upstream.write(forwarded(chunk, behind)));
    socket.on("end", () => upstream.end());
    upstream.pipe(socket);
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    certificate,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
