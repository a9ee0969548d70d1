import type { ProblemDto } from '../contracts/scalars';
import { type AppError, type AppErrorCode, isAppError } from '../errors';
import { createLogger } from '../logger';
import { InputInvalidError } from '../services/parse-input';

/** The HTTP status of each code: the only place that knows. */
const statusOf: Readonly<Record<AppErrorCode, number>> = {
  'input-invalid': 400,
  usage: 400,
  'ostree/ref-invalid': 400,
  'ostree/checksum-invalid': 400,
  'ostree/url-invalid': 400,
  'ostree/path-invalid': 400,
  'ostree/key-invalid': 400,
  'ostree/rev-ambiguous': 400,
  'not-signed-in': 401,
  'sign-in-failed': 403,
  'password-change-required': 403,
  forbidden: 403,
  'own-request': 403,
  'origin-refused': 403,
  'not-found': 404,
  'ostree/repo-not-found': 404,
  'ostree/ref-not-found': 404,
  'ostree/rev-not-found': 404,
  'ostree/path-not-found': 404,
  'ostree/object-missing': 404,
  conflict: 409,
  'name-taken': 409,
  'already-decided': 409,
  'state-changed': 409,
  cancelled: 409,
  'plan-changed': 409,
  'target-moved': 409,
  'target-drifted': 409,
  'target-damaged': 409,
  'source-changed': 409,
  'ostree/source-changed': 409,
  'ostree/ref-conflict': 409,
  'ostree/ref-moved': 409,
  'home-exists': 409,
  'plan-blocked': 422,
  'must-wait': 409,
  'nothing-to-promote': 422,
  'keys-insufficient': 422,
  'ostree/repo-invalid': 422,
  'ostree/repo-unsupported': 422,
  'ostree/repo-moved': 422,
  'ostree/repo-read-only': 422,
  'ostree/object-corrupt': 422,
  'ostree/object-too-large': 422,
  'ostree/commit-partial': 422,
  'ostree/metadata-missing': 422,
  'ostree/mode-mismatch': 422,
  'ostree/summary-invalid': 422,
  'ostree/summary-unrenewable': 422,
  'ostree/signature-invalid': 422,
  'ostree/binding-mismatch': 422,
  'too-many-attempts': 429,
  internal: 500,
  'home-missing': 500,
  'home-unsafe': 500,
  'lease-lost': 500,
  'probe-failed': 500,
  'publish-failed': 500,
  'ostree/gpg-failed': 500,
  'ostree/fetch-failed': 500,
  'ostree/io-failed': 500,
  'ostree/aborted': 503,
  'ostree/lock-timeout': 503,
  'database-unavailable': 503,
  'signer-unreachable': 503,
  'signer-refused': 502,
  'ostree/no-space': 507,
};

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'It has changed in the meantime',
  422: 'It can’t be done as things are',
  429: 'Too many attempts',
  500: 'Something went wrong',
  502: 'Refused by the signer',
  503: 'Not available at the moment',
  507: 'The disk is full',
};

/** An error as RFC 9457 has it. What is no AppError is a bug: its message stays in the log. */
export function problemOf(error: unknown): ProblemDto {
  const known = isAppError(error) ? error : null;
  const status = known ? statusOf[known.code] : 500;
  const hasDetails = known !== null && Object.keys(known.details).length > 0;
  return {
    type: 'about:blank',
    title: titles[status] ?? 'Something went wrong',
    status,
    code: known?.code ?? 'internal',
    detail: known?.userMessage ?? 'Treeline met an error it does not know; the log of the web process has it',
    ...(hasDetails && { details: known.details }),
    ...(known instanceof InputInvalidError && { fields: known.fields }),
    ...(known && !(known instanceof InputInvalidError) && fieldOf(known)),
  };
}

/** An error about one field says which in `details.field`. */
function fieldOf(error: AppError): { fields?: Record<string, string> } {
  const { field } = error.details;
  return typeof field === 'string' ? { fields: { [field]: error.userMessage } } : {};
}

let logger: ReturnType<typeof createLogger> | undefined;

/** The response for an error, which is logged here and nowhere else: bugs as errors, refusals as they are. */
export function problemResponse(error: unknown, request: { method: string; path: string }): Response {
  const problem = problemOf(error);
  logger ??= createLogger('web');
  const line = { ...request, status: problem.status, code: problem.code };
  if (problem.status >= 500) logger.error({ ...line, error }, 'request failed');
  else logger.info(line, 'request refused');
  return Response.json(problem, {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json' },
  });
}
