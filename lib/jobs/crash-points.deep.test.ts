import { describeDeaths, POINTS_AFTER, POINTS_BEFORE } from './testing/describe-deaths';
import { workerSuite } from './testing/worker-suite';

describeDeaths(workerSuite(), { before: POINTS_BEFORE, after: POINTS_AFTER });
