/** One key, and its DS records for example.com as computed with Python's hashlib. */
export const dnskey =
  "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";

export const sha256 = "c988ec423e3880eb8dd8a46fe06ca230ee23f35b578d64e78b29c3e1c83d245a";
export const sha384 =
  "da0163a25f5219588189215e44b444102848e853ae6a78b96ae5c75a4df7c90bd1fbcd5761bd2aa4a477c5fe0b514312";

export const domainName = "example.com";
export const fields = { keyTag: 2371, algorithm: 13, digestType: 2, digest: sha256 } as const;
export const ds = `2371 13 2 ${sha256}`;
export const ds384 = `2371 13 4 ${sha384}`;
