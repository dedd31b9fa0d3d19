import { parseServerAddress } from "../../provider/dns/serverAddress";

test.each<[string, [address: string, port: number] | undefined]>([
  ["192.0.2.1", ["192.0.2.1", 53]],
  ["127.0.0.1:5301", ["127.0.0.1", 5301]],
  ["192.0.2.1:65535", ["192.0.2.1", 65535]],
  ["2001:db8::1", ["2001:db8::1", 53]],
  ["::1", ["::1", 53]],
  ["[2001:db8::1]", ["2001:db8::1", 53]],
  ["[2001:db8::1]:5301", ["2001:db8::1", 5301]],
  ["::ffff:192.0.2.1", ["::ffff:192.0.2.1", 53]],
  // Without brackets, this is an address without a port.
  ["2001:db8::1:5301", ["2001:db8::1:5301", 53]],
  ["", undefined],
  ["ns1.example.com", undefined],
  ["localhost", undefined],
  ["192.0.2", undefined],
  ["192.0.2.256", undefined],
  ["192.0.2.01", undefined],
  ["192.0.2.1:", undefined],
  ["192.0.2.1:0", undefined],
  ["192.0.2.1:053", undefined],
  ["192.0.2.1:65536", undefined],
  ["192.0.2.1:dns", undefined],
  ["192.0.2.1:53:53", undefined],
  [":53", undefined],
  [" 192.0.2.1", undefined],
  ["192.0.2.1\n", undefined],
  ["[192.0.2.1]:53", undefined],
  ["[2001:db8::1", undefined],
  ["[]:53", undefined],
  ["udp://192.0.2.1", undefined],
])("the server %j", (text, server) => {
  expect(parseServerAddress(text)).toEqual(server && { address: server[0], port: server[1] });
});
