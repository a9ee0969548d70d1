import { resolve } from 'node:path';
import { stageNameSchema } from '../../contracts/scalars';
import type { InspectionDto, StageDto } from '../../contracts/stage';
import { AppError } from '../../errors';
import { addStage } from '../../services/add-stage';
import { adoptStageRefs } from '../../services/adopt-stage-refs';
import { inspectRepository } from '../../services/inspect-repository';
import { listStages } from '../../services/list-stages';
import { updateStage } from '../../services/update-stage';
import { printJson, printLines, printNotice } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { addKeyOf } from './key';
import { withServices } from './open-services';

export interface StageAddOptions extends HomeOptions {
  repo: string;
  key?: string[];
  position?: number;
  overlap?: number;
  retireGrace?: number;
  json?: true;
}

/** `treeline stage add`: looks at the repository, says what it found, and makes it a stage. */
export async function stageAdd(name: string, options: StageAddOptions): Promise<void> {
  const checked = stageNameSchema.safeParse(name);
  if (!checked.success) {
    throw new AppError('usage', `stage name ${name}: ${checked.error.issues[0]?.message ?? 'is not valid'}`);
  }
  const home = openChosenHome(options);
  const repoPath = resolve(options.repo);
  await withServices(home, async (ctx, actor) => {
    const inspection = await inspectRepository(ctx, actor, { repoPath });
    if (!options.json) printLines(describeInspection(inspection));
    const problem = inspection.findings.find(({ level }) => level === 'problem');
    if (problem) throw new AppError('conflict', `${repoPath} cannot be a stage: ${problem.text}`);
    const { position, overlap: overlapSeconds, retireGrace: retireGraceHours } = options;
    const wanted = { name, repoPath, position, overlapSeconds, retireGraceHours };
    const stage = await addStage(ctx, actor, wanted);
    const keys = [];
    for (const what of options.key ?? []) keys.push(await addKeyOf(ctx, actor, name, what));
    if (options.json) printJson({ stage: { ...stage, keys: [...stage.keys, ...keys] }, inspection });
    else printLines([`Added the stage ${name}.`, ...keys.map((key) => `Key ${key.type} ${key.keyId}`)]);
    if (!options.json && keys.length === 0 && stage.keys.length === 0) {
      printNotice(`treeline: the stage has no key yet; treeline key generate ${name} makes one`);
    }
  });
}

function describeInspection(inspection: InspectionDto): string[] {
  const collection = inspection.collectionId ? `, collection ${inspection.collectionId}` : '';
  return [
    `${inspection.repoPath}: mode ${inspection.mode}${collection}, ${inspection.refs.length} refs`,
    ...inspection.findings.map(({ level, text }) => `  ${level}: ${text}`),
    ...inspection.neighbours.map(
      ({ stage, willLink, why }) => `  ${stage}: pulls will ${willLink ? 'link' : 'copy'} (${why})`,
    ),
  ];
}

/** `treeline stage set`: changes what is given and nothing else. */
export async function stageSet(
  name: string,
  options: HomeOptions & { position?: number; overlap?: number; retireGrace?: number; json?: true },
): Promise<void> {
  const { position, overlap: overlapSeconds, retireGrace: retireGraceHours } = options;
  if (position === undefined && overlapSeconds === undefined && retireGraceHours === undefined) {
    throw new AppError('usage', 'say what to change: --position, --overlap or --retire-grace');
  }
  const stage = await withServices(openChosenHome(options), (ctx, actor) =>
    updateStage(ctx, actor, { stage: name, position, overlapSeconds, retireGraceHours }),
  );
  if (options.json) printJson(stage);
  else {
    printLines([
      `${name}: position ${stage.position}, overlap ${stage.overlapSeconds} s, grace after a removal ${stage.retireGraceHours} h.`,
    ]);
  }
}

/** `treeline stage list`: the stages in the order of the pipeline. */
export async function stageList(options: HomeOptions & { json?: true }): Promise<void> {
  const stages = await withServices(openChosenHome(options), (ctx, actor) => listStages(ctx, actor));
  if (options.json) printJson(stages);
  else printLines(stages.flatMap(describeStage));
}

function describeStage(stage: StageDto): string[] {
  const keys = stage.keys.filter(({ retiredAt }) => retiredAt === null);
  return [
    `${stage.name}: ${stage.repoPath}, ${stage.refCount} refs`,
    ...(stage.problem ? [`  problem: ${stage.problem}`] : []),
    ...keys.map(({ type, keyId, purpose }) => `  ${purpose} ${type} ${keyId}`),
  ];
}

/** `treeline stage adopt`: takes what the refs of a stage are now for what they should be. */
export async function stageAdopt(
  name: string,
  refs: string[],
  options: HomeOptions & { json?: true },
): Promise<void> {
  const result = await withServices(openChosenHome(options), (ctx, actor) =>
    adoptStageRefs(ctx, actor, { stage: name, ...(refs.length > 0 ? { refs } : {}) }),
  );
  if (options.json) printJson(result);
  else printLines([`Adopted ${result.adopted} refs of ${name}.`]);
}
