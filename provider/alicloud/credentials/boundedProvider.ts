import type { Provider } from "./chain";
import { CredentialsFailure, reasonOf, type Exchange } from "./failure";
import { late, type LibraryRequest, type LibraryRequester } from "./request";

/** Members of the library's providers that exist for its own tests and are not declared. */
interface LibraryProvider extends Provider {
  doRequest?: LibraryRequester;
  /** Makes the provider of a profile. */
  getCredentialsProvider?: (...profile: unknown[]) => LibraryProvider;
}

/**
 * Wraps a provider of the library: its requests are made by `request`, it has `ms` milliseconds
 * each time, and its failures are {@link CredentialsFailure}s.
 */
export function boundedProvider(provider: Provider, request: LibraryRequester, ms: number): Provider {
  let last: Exchange | undefined;
  redirect(provider, async (asked) => {
    last = undefined;
    const answer = await request(asked);
    last = { sent: textOf(asked), ...answer };
    return answer;
  });
  return {
    async getCredentials() {
      last = undefined;
      try {
        return await withinTime(provider, ms);
      } catch (error) {
        throw new CredentialsFailure(reasonOf(error, last));
      }
    },
  };
}

function textOf(asked: LibraryRequest): string {
  return JSON.stringify([asked.toRequestURL(), asked.headers, asked.bodyForm]);
}

/** Routes all requests of a provider, and of the providers that it makes, through a function. */
function redirect(provider: LibraryProvider, request: LibraryRequester): LibraryProvider {
  const make = provider.getCredentialsProvider?.bind(provider);
  provider.doRequest = request;
  if (make) provider.getCredentialsProvider = (...profile) => redirect(make(...profile), request);
  return provider;
}

/** A command may never end, and a file may be a pipe that nothing writes to. */
async function withinTime(provider: Provider, ms: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CredentialsFailure(late)), ms);
  });
  try {
    return await Promise.race([provider.getCredentials(), expiry]);
  } finally {
    clearTimeout(timer);
  }
}
