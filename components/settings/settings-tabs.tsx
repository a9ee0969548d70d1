import { TabLinks } from '@/components/ui/tab-links';

const TABS = [
  { href: '/settings/stages', label: 'Stages' },
  { href: '/settings/edges', label: 'Edges' },
  { href: '/settings/freezes', label: 'Freeze windows' },
  { href: '/settings/people', label: 'People' },
  { href: '/settings/groups', label: 'Groups' },
  { href: '/settings/tokens', label: 'Tokens' },
] as const;
export type SettingsTab = (typeof TABS)[number]['href'];

/** The parts of the settings. */
export function SettingsTabs({ current }: { current: SettingsTab }) {
  return (
    <div className="[&>nav]:mt-0">
      <TabLinks label="Settings" tabs={[...TABS]} current={current} />
    </div>
  );
}
