import { type FormerCommitsDto, formerCommitsSchema } from '../../contracts/commit';
import { AppError } from '../../errors';
import { askApi, type ClientOptions } from './api';

/** What each ref of a stage was, and which edges bring it. @throws AppError as `askApi` */
export async function readFormer(
  stage: string,
  refs: readonly string[],
  options: ClientOptions,
): Promise<FormerCommitsDto[]> {
  const former: FormerCommitsDto[] = [];
  for (const ref of refs) {
    const path = `/api/stages/${encodeURIComponent(stage)}/refs/${encodeURIComponent(ref)}/former`;
    former.push(await askApi(options, { method: 'GET', path, schema: formerCommitsSchema }));
  }
  return former;
}

/**
 * The edge under whose rules it is asked for: the only one that could bring all refs, or that from `from`.
 * @throws AppError `not-found`; `usage` where several do
 */
export function edgeOf(former: readonly FormerCommitsDto[], from: string | undefined): string {
  const [first, ...rest] = former;
  const common = (first?.edges ?? []).filter(({ id }) =>
    rest.every(({ edges }) => edges.some((edge) => edge.id === id)),
  );
  const chosen = from === undefined ? common : common.filter((edge) => edge.from === from);
  const [edge, other] = chosen;
  if (edge === undefined) throw new AppError('not-found', 'no edge brings all of these refs into the stage');
  if (other !== undefined) {
    const stages = common.map((each) => each.from).join(', ');
    throw new AppError('usage', `several edges bring these refs, from ${stages}; choose one by --edge`);
  }
  return edge.id;
}
