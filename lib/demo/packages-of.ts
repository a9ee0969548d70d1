import { BASE_PACKAGES, type DemoPackage } from './demo-packages';
import { RELEASES } from './demo-releases';

/** The packages of the release at `index`, by name. */
export function packagesOf(index: number): DemoPackage[] {
  const packages = new Map(BASE_PACKAGES.map((entry) => [entry.name, entry]));
  for (const release of RELEASES.slice(0, index + 1)) {
    for (const entry of release.additions ?? []) packages.set(entry.name, entry);
    for (const name of release.removals ?? []) packages.delete(name);
    for (const [name, version] of Object.entries(release.upgrades)) {
      const entry = packages.get(name);
      if (!entry) throw new Error(`release ${release.version} upgrades ${name}, which it does not hold`);
      packages.set(name, { ...entry, version });
    }
  }
  return [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
