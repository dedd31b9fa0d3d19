import type { Api } from "../alicloud/api";
import type { ApiSettings } from "../alicloud/settings";
import { createTransport, type Timeouts, type Transport } from "../alicloud/transport";
import { meaningOf } from "./errorCodes";

/** The Domain API, as calls to it and errors about it need it. */
export const domainApi: Api = {
  name: "the registrar",
  endpointSetting: "alicloud-dnssec:endpoint (ALICLOUD_DNSSEC_ENDPOINT)",
  wrongEndpoint: "Endpoint and version are a pair: see alicloud-dnssec:site.",
  doubt: "There may be a task anyway.",
  codes: {
    refused: "REGISTRAR_REFUSED",
    unavailable: "REGISTRAR_UNAVAILABLE",
    answerInvalid: "REGISTRAR_ANSWER_INVALID",
  },
  meaningOf,
};

/** The address of the Domain API, the credentials, and the parameters that every call carries. */
export interface RegistrarSettings extends ApiSettings {
  /** Language of the registrar's reasons: "en" (the default) or "zh". */
  readonly lang?: string;
  /** Address of the user for whom the calls are made. */
  readonly userClientIp?: string;
}

/** Returns the transport for calls of the Domain API. */
export function connectDomainApi(settings: RegistrarSettings, timeouts?: Timeouts): Transport {
  const { lang = "en", userClientIp } = settings;
  const parameters = { Lang: lang, ...(userClientIp !== undefined && { UserClientIp: userClientIp }) };
  return createTransport(domainApi, { ...settings, parameters }, timeouts);
}
