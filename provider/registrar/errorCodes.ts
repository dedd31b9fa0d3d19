import {
  codeMeanings,
  fatalForCall,
  fatalForKey,
  serviceFault,
  type CodeMeanings,
} from "../alicloud/errorCodes";

/** Codes of the Domain API. All spellings were seen in the vendor's documentation. */
const domainCodes: CodeMeanings = {
  TaskIsBeingProcessed: { disposition: "wait", effect: "none" },

  Busy: serviceFault,
  Failed: serviceFault,
  NetworkIOError: serviceFault,
  Networkioerror: serviceFault,
  QueryRegistryFailed: serviceFault,

  DomainNotExist: {
    ...fatalForKey,
    advice:
      "The domain is not in the account of this access key, or the site is the wrong one (alicloud-dnssec:site). " +
      "If the domain is really gone, `pulumi state delete` forgets its records.",
  },
  Forbidden: {
    ...fatalForKey,
    advice:
      "The key's RAM policy must allow domain:DnsSecSetting on acs:domain:*:*:domain/<name of the domain>, and " +
      "domain:QueryDSRecord and domain:QueryDomainTask on all resources (*).",
  },
  InvaildParameter: fatalForCall,
  ParameterIllegal: fatalForCall,
  ParameterIllegall: fatalForCall,
};

/** Returns the meaning of an error code in an answer of the Domain API. */
export const meaningOf = codeMeanings(domainCodes);
