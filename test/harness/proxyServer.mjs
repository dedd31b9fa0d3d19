// An HTTP proxy in its own process. The only argument is JSON with `routes` (the destination for
// each CONNECT target "host:port"), `credentials` (the required "user:password") and `conduct`
// (what it does instead of opening a connection). Prints its port, then a line for every CONNECT
// with the target and the result.
import { createServer } from "node:http";
import { connect } from "node:net";

const { routes = {}, credentials, conduct = "open" } = JSON.parse(process.argv[2] ?? "{}");
const wanted = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;

const conducts = {
  open(socket, target) {
    const [host, port] = (routes[target] ?? target).split(":");
    const upstream = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    socket.on("close", () => upstream.destroy());
  },
  garbage: (socket) => socket.end("220 mail.example ESMTP\r\n\r\n"),
  page: (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Welcome</html>"),
  endless(socket) {
    socket.write("HTTP/1.1 200 OK\r\nX: ");
    const more = () => {
      while (!socket.destroyed && socket.write("x".repeat(65_536)));
    };
    socket.on("drain", more);
    more();
  },
  silent: () => {},
  close: (socket) => socket.end(),
  closeTunnel: (socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n"),
  reset: (socket) => socket.resetAndDestroy(),
};

const server = createServer((_, response) => response.writeHead(400).end());
server.on("connect", ({ url, headers }, socket) => {
  socket.on("error", () => {});
  const told = (what) => console.log(`${url} ${what}`);
  if (wanted && headers["proxy-authorization"] !== wanted) {
    told("407");
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n');
  } else if (/^\d{3}$/.test(conduct)) {
    told(conduct);
    socket.end(`HTTP/1.1 ${conduct} No\r\nContent-Type: text/html\r\n\r\n<html>No</html>`);
  } else {
    told(conduct);
    conducts[conduct](socket, url);
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
