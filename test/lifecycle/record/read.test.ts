import { formatDs, type Ds } from "../../../provider/dnssec/ds";
import { readRecord } from "../operations";
import type { PropertyBag } from "../../../provider/lifecycle/record/state";
import type { FaultRule } from "../../../emulator/index";
import {
  type Bed,
  domain,
  ds,
  id,
  inputs,
  other,
  outputs,
  registrarWith,
  rejection,
  startBed,
  wanted,
} from "../bed";

let bed: Bed;
afterEach(() => bed.close());

describe("read", () => {
  test.each<[string, readonly Ds[], PropertyBag, PropertyBag | undefined]>([
    ["says that nothing has changed", [wanted], outputs(wanted, { taskNo: "t-1" }), undefined],
    ["finds a changed digest", [other], outputs(wanted), inputs(other)],
    [
      "finds a changed algorithm",
      [{ ...wanted, algorithm: 8 }],
      outputs(wanted),
      inputs({ ...wanted, algorithm: 8 }),
    ],
    ["works from the id alone", [wanted], {}, { domainName: domain, ...wanted }],
    [
      "heals a state that was edited",
      [wanted],
      outputs(wanted, { keyTag: "one", pending: 7 }),
      inputs(wanted),
    ],
    ["heals a domain in capitals", [wanted], outputs(wanted, { domainName: "EXAMPLE.com" }), inputs(wanted)],
  ])("%s", async (_, before, props, expected) => {
    bed = await registrarWith(before);
    const result = await readRecord(id, props, bed.context);
    expect(result.id).toBe(id);
    expect(result.inputs).toEqual(expected);
    const { pending, ...kept } = props;
    void pending;
    expect(result.props).toEqual({ ...kept, ...(expected ?? {}), ds: formatDs(before[0] ?? wanted) });
    expect(bed.submissions()).toEqual([]);
  });

  test("finds that the record is gone", async () => {
    bed = await registrarWith([ds(2)]);
    expect(await readRecord(id, outputs(wanted), bed.context)).toEqual({ id: "" });
  });

  test.each<[string, FaultRule, string]>([
    [
      "the domain is not in the account",
      { fault: { kind: "error", code: "DomainNotExist" } },
      "REGISTRAR_REFUSED",
    ],
    ["it is not allowed", { fault: { kind: "error", code: "Forbidden.RAM" } }, "REGISTRAR_REFUSED"],
    ["it is throttled forever", { fault: { kind: "error", code: "Throttling" } }, "REGISTRAR_REFUSED"],
    ["a proxy answers", { fault: { kind: "html502" } }, "REGISTRAR_ANSWER_INVALID"],
    [
      "the answer says 500 without a code",
      { fault: { kind: "status500NoCode" } },
      "REGISTRAR_ANSWER_INVALID",
    ],
    ["the answer is empty", { fault: { kind: "emptyBody" } }, "REGISTRAR_ANSWER_INVALID"],
    ["the answer is cut", { fault: { kind: "cutJson" } }, "REGISTRAR_ANSWER_INVALID"],
    ["the connection is reset", { fault: { kind: "resetBefore" } }, "REGISTRAR_UNAVAILABLE"],
  ])("does not take a record for gone when %s", async (_, fault, code) => {
    bed = await registrarWith([], [{ action: "QueryDSRecord", ...fault }]);
    expect(await rejection(readRecord(id, outputs(wanted), bed.context))).toMatchObject({ code });
  });

  test("names the way out for a domain that is really gone", async () => {
    bed = await startBed({ domains: [] });
    const error = await rejection(readRecord(id, outputs(wanted), bed.context));
    expect(error.message).toContain("pulumi state delete");
  });

  test("of a get takes the record, and forgets that it was one", async () => {
    bed = await registrarWith([wanted]);
    const result = await readRecord(id, { __get: true, __urn: "urn:1" }, bed.context);
    expect(result.props).toEqual({ domainName: domain, ...wanted, ds: formatDs(wanted), __urn: "urn:1" });
  });

  test("of a get fails where there is no such record, and names what there is", async () => {
    bed = await registrarWith([ds(2)]);
    const error = await rejection(readRecord(id, { __get: true }, bed.context));
    expect(error).toMatchObject({ code: "DS_NOT_FOUND", message: expect.stringContaining(formatDs(ds(2))) });
  });

  test.each([
    "example.com",
    "example.com/",
    "example.com/65536",
    "example.com/01",
    "/1",
    "-/1",
    "example.com/1/2",
    "",
  ])("refuses the id %j", async (wrong) => {
    bed = await registrarWith([]);
    expect(await rejection(readRecord(wrong, {}, bed.context))).toMatchObject({
      code: "RESOURCE_ID_INVALID",
    });
    expect(bed.emulator.calls()).toEqual([]);
  });
});
