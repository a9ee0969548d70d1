import { addRepoCommands } from './repo/commands';
import { runPlumbing } from './run-plumbing';

runPlumbing(addRepoCommands);
