/** Where Debian's package database lies, in the order in which it is looked for. */
export const dpkgStatusPaths = ['/usr/lib/dpkg/status', '/var/lib/dpkg/status', '/usr/share/dpkg/status'];

/** The largest database that is read: Debian's whole archive would be about 60 MiB. */
export const DPKG_STATUS_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Installed packages by name, `name:arch` where one name is installed for several architectures.
 * Stanzas without a name or a version, and packages that are only configured, are passed over.
 *
 * @see dpkg-query(1), deb-status
 */
export function parseDpkgStatus(text: string): Map<string, string> {
  const packages = new Map<string, string>();
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    for (const line of stanza.split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0 && !/^\s/.test(line)) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    const name = fields.get('Package');
    const version = fields.get('Version');
    const status = fields.get('Status');
    if (!name || !version || (status !== undefined && !status.endsWith(' installed'))) continue;
    packages.set(packages.has(name) ? `${name}:${fields.get('Architecture') ?? 'all'}` : name, version);
  }
  return packages;
}

/** Packages whose version differs, by name. */
export function diffPackages(
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): { name: string; fromVersion: string | null; toVersion: string | null }[] {
  const names = [...new Set([...from.keys(), ...to.keys()])].sort();
  return names
    .filter((name) => from.get(name) !== to.get(name))
    .map((name) => ({ name, fromVersion: from.get(name) ?? null, toVersion: to.get(name) ?? null }));
}
