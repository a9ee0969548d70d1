import { createCipheriv } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { setFileXattr } from '../native/xattrs';
import type { ContentPlan, DirectoryPlan, NodePlan } from './tree-plan';

export interface WriteTreeOptions {
  /** Whether extended attributes of users are kept where the tree lies. */
  readonly hasXattrs: boolean;
}

/** Puts a tree on disk, in place of whatever was there. */
export function writeTree(path: string, root: DirectoryPlan, options: WriteTreeOptions): void {
  rmSync(path, { recursive: true, force: true });
  writeNode(path, root, options);
}

function writeNode(path: string, node: NodePlan, options: WriteTreeOptions): void {
  if (node.type === 'symlink') {
    symlinkSync(node.target, path);
    return;
  }
  if (node.type === 'file') writeFileSync(path, contentOf(node.content));
  else {
    mkdirSync(path);
    for (const [name, child] of Object.entries(node.entries)) writeNode(`${path}/${name}`, child, options);
  }
  if (options.hasXattrs) setXattrs(path, node.xattrs);
  // Only root may give files away, and a change of owner takes setuid with it: the mode comes last.
  if (isRoot()) chownSync(path, node.uid, node.gid);
  chmodSync(path, isRoot() ? node.permissions : node.permissions | 0o600);
}

function setXattrs(path: string, xattrs: Readonly<Record<string, string>>): void {
  const names = Object.keys(xattrs);
  if (names.length === 0) return;
  const fd = openSync(path, 'r');
  for (const name of names) setFileXattr(fd, `user.${name}`, Buffer.from(xattrs[name] as string, 'base64'));
  closeSync(fd);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The bytes that a plan stands for. */
export function contentOf({ sizeBytes, seed, isNoise }: ContentPlan): Buffer {
  if (!isNoise) return Buffer.alloc(sizeBytes, `line of text ${seed}\n`);
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(sizeBytes));
}
