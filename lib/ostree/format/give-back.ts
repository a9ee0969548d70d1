const nowhere = new MessageChannel().port1;
nowhere.close();

/**
 * Gives back at once the memory that these numbers are in, all of it: whatever looks at it has no bytes from then on. Memory
 * that nobody refers to any more waits to be collected, perhaps for ever; what is transferred to a closed port does not.
 */
export function giveBack({ buffer }: Uint8Array | Uint32Array): void {
  nowhere.postMessage(null, [buffer as ArrayBuffer]);
}
