/** Maximum number of characters of each part. The vendor's have about 30, 30 and 1,000. */
const maxLengths = { accessKeyId: 1_024, accessKeySecret: 1_024, securityToken: 16_384 } as const;

const names = {
  accessKeyId: "access key id",
  accessKeySecret: "access key secret",
  securityToken: "security token",
} as const;

/** Returns a description of the part that is too long, if one is. It does not show the value. */
export function excessOf(credentials: {
  readonly [part in keyof typeof maxLengths]?: string | undefined;
}): string | undefined {
  for (const part of ["accessKeyId", "accessKeySecret", "securityToken"] as const) {
    const length = credentials[part]?.length ?? 0;
    if (length > maxLengths[part])
      return `the ${names[part]} has ${length} characters, and the maximum is ${maxLengths[part]}`;
  }
  return undefined;
}
