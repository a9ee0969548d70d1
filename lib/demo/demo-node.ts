import { directoryNode, fileNode, symlinkNode, type TreeNode } from '../ostree';
import type { DemoTree } from './demo-tree';

type Folder = Map<string, Folder | TreeNode>;

/** A flat tree as the engine commits it: directories nested, everything owned by root. */
export function toTreeNode(tree: DemoTree): TreeNode {
  const root: Folder = new Map();
  for (const [path, entry] of tree) {
    const names = path.split('/');
    const last = names.pop() ?? '';
    const folder = names.reduce(openFolder, root);
    if (entry.kind === 'dir') openFolder(folder, last);
    else if (entry.kind === 'symlink') folder.set(last, symlinkNode(entry.target));
    else folder.set(last, fileNode(entry.content, entry.mode));
  }
  return toDirectory(root);
}

function openFolder(parent: Folder, name: string): Folder {
  const found = parent.get(name);
  if (found instanceof Map) return found;
  if (found) throw new Error(`the demo has something below ${name}, which is no directory`);
  const made: Folder = new Map();
  parent.set(name, made);
  return made;
}

function toDirectory(folder: Folder): TreeNode {
  return directoryNode(
    [...folder].map(([name, entry]) => [name, entry instanceof Map ? toDirectory(entry) : entry] as const),
  );
}
