import { mapValues } from "./rewriting";
import { type Body } from "./answer";
import { type Params } from "./signature";

/** Chinese for the product's English texts. The gateway's texts stay in English. */
const texts: Readonly<Record<string, string>> = {
  "The server is busy. Please try again later.": "服务器繁忙，请稍后再试。",
  "The domain name does not exist.": "域名不存在。",
  "The query failed.": "查询失败。",
  "Network IO error.": "网络IO错误。",
  "The parameter is invalid.": "参数不合法。",
  "Failed to query the registry.": "查询注册局失败。",
  "An operation is being processed. Please try again later.": "有操作正在处理中，请稍后再试。",
  "The registry refused the operation.": "注册局拒绝了该操作。",
  "The operation is successful.": "操作成功。",
  "The operation failed.": "操作失败。",
};

const patterns: readonly (readonly [english: RegExp, chinese: string])[] = [
  [/^There is no DS record with key tag (\d+)\.$/, "不存在密钥标签为$1的DS记录。"],
  [/^There is a DS record with key tag (\d+) already\.$/, "密钥标签为$1的DS记录已存在。"],
  [/^A domain can have no more than (\d+) DS records\.$/, "一个域名最多可以有$1条DS记录。"],
  [/^The parameter (\w+) is invalid: .*$/, "参数$1不合法。"],
  [/^(\w+) \(emulated\)$/, "$1（模拟）"],
];

/** Fields that `Lang` applies to. */
const localised: ReadonlySet<string> = new Set(["ErrorMsg", "FailReason", "TaskTypeDescription"]);

/** Translates a text into the language of the call. Any `Lang` but `zh` is English. */
export function translateText(params: Params, text: string): string {
  if (params.get("Lang") !== "zh") return text;
  if (Object.hasOwn(texts, text)) return texts[text] as string;
  const [english, chinese] = patterns.find(([pattern]) => pattern.test(text)) ?? [];
  return english && chinese !== undefined ? text.replace(english, chinese) : text;
}

/** Translates the texts of a successful body into the language of the call. */
export function translateBody(params: Params, body: Body): Body {
  const rewrite = mapValues((name, value) =>
    localised.has(name) && typeof value === "string" ? translateText(params, value) : value,
  );
  return rewrite(body);
}
