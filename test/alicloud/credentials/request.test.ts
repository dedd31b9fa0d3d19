import { boundedRequester, isSafe, maxAnswer } from "../../../provider/alicloud/credentials/request";
import { rejection } from "../bed";
import { canaries, cleanUp, newBed, server } from "./bed";

afterEach(cleanUp);

const addresses: readonly (readonly [string, boolean])[] = [
  ["https://credentials.example/", true],
  ["http://localhost:8080/", true],
  ["http://127.0.0.1/", true],
  ["http://127.3.2.1:80/", true],
  ["http://2130706433/", true],
  ["http://[::1]:8080/", true],
  ["http://169.254.169.254/latest", true],
  ["http://[fe80::1]/", true],
  ["http://[febf::1]/", true],
  ["http://100.100.100.200/latest", true],
  ["http://credentials.example/", false],
  ["http://localhost.example/", false],
  ["http://127.0.0.1.example/", false],
  ["http://10.0.0.1/", false],
  ["http://0.0.0.0/", false],
  ["http://100.100.100.201/", false],
  ["http://169.253.1.1/", false],
  ["http://[fec0::1]/", false],
  ["http://[fd00:ec2::254]/", false],
  ["ftp://127.0.0.1/", false],
];

describe("plain http", () => {
  test.each(addresses)("%s: %s", (address, isAllowed) => {
    expect(isSafe(new URL(address))).toBe(isAllowed);
  });

  test("is refused for a URI and a profile, before anything is sent", async () => {
    const { chain, requests } = newBed({
      ALIBABA_CLOUD_CREDENTIALS_URI: "http://credentials.example/secret",
    });
    const { message } = await rejection(chain().get());
    expect(message).toContain(
      "CREDENTIALS_URI: failed, plain http is allowed only for this machine and its metadata service: use https",
    );
    expect(message).not.toContain("credentials.example");
    expect(requests).toEqual([]);
    const asked = { method: "POST", headers: { Authorization: canaries.token } };
    const asking = boundedRequester({})({ ...asked, toRequestURL: () => "http://signin.example/" });
    await expect(asking).rejects.toThrow(/^plain http is allowed only for this machine/);
  });
});

test("an answer of the maximum size is read whole", async () => {
  const { url } = await server((response) => response.end("x".repeat(maxAnswer)));
  const asked = { method: "GET", toRequestURL: () => url };
  expect((await boundedRequester({})(asked)).body).toHaveLength(maxAnswer);
});
