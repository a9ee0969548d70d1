import type { DemoPackage } from './demo-packages';

export interface DemoRelease {
  version: string;
  subject: string;
  body: string;
  /** Days before the demo is made. */
  ageDays: number;
  kernel: string;
  /** Package → new version. */
  upgrades: Readonly<Record<string, string>>;
  /** Packages that appear with this release. */
  additions?: readonly DemoPackage[];
  /** Packages that go with this release. */
  removals?: readonly string[];
  /** The value of `Storage=` in /etc/systemd/journald.conf, to show a changed setting. */
  journalStorage: 'auto' | 'persistent';
}

/** Oldest first. The last two are in dev alone; 7.4.1 waits to leave staging. */
export const RELEASES: readonly DemoRelease[] = [
  {
    version: '7.0.0',
    subject: 'Aurora OS 7.0.0',
    body: 'First release of the 7 series, on Linux 6.1 LTS.\n\nDevices on 6.x are updated through the 6.9 bridge release.',
    ageDays: 74,
    kernel: '6.1.55',
    upgrades: {},
    journalStorage: 'auto',
  },
  {
    version: '7.0.1',
    subject: 'Aurora OS 7.0.1: fixes after the first field tests',
    body: 'agent: reconnect after a suspended modem wakes up\nsettings: keep the time zone on update',
    ageDays: 66,
    kernel: '6.1.55',
    upgrades: { 'aurora-agent': '7.0.1-1', 'aurora-settings': '7.0.1-1', modemmanager: '1.20.6-1' },
    journalStorage: 'auto',
  },
  {
    version: '7.1.0',
    subject: 'Aurora OS 7.1.0: Linux 6.1.62, WireGuard profiles',
    body: 'kernel: 6.1.62 with the fixes of the stable series\nwireguard: profiles can be rolled out by the fleet agent\ncurl: 7.88.1-10+u4 (CVE-2023-38545, CVE-2023-38546)',
    ageDays: 58,
    kernel: '6.1.62',
    upgrades: {
      curl: '7.88.1-10+u4',
      libcurl4: '7.88.1-10+u4',
      'wireguard-tools': '1.0.20210914-1',
      'aurora-agent': '7.1.0-1',
    },
    journalStorage: 'auto',
  },
  {
    version: '7.1.1',
    subject: 'Aurora OS 7.1.1: security update for glibc',
    body: 'libc6: 2.36-9+u3 (CVE-2023-4911)\n\nNo other change.',
    ageDays: 51,
    kernel: '6.1.62',
    upgrades: { libc6: '2.36-9+u3' },
    journalStorage: 'auto',
  },
  {
    version: '7.2.0',
    subject: 'Aurora OS 7.2.0: persistent journal, health checks',
    body: 'journald: the journal is kept across restarts, 64 MiB at most\naurora-health: a failing check rolls the update back\nvim-tiny removed: use the recovery shell',
    ageDays: 44,
    kernel: '6.1.62',
    upgrades: {
      'aurora-health': '7.2.0-1',
      'aurora-settings': '7.2.0-1',
      systemd: '252.19-1',
      udev: '252.19-1',
      libsystemd0: '252.19-1',
    },
    removals: ['vim-tiny'],
    journalStorage: 'persistent',
  },
  {
    version: '7.2.1',
    subject: 'Aurora OS 7.2.1: time zones of 2023d',
    body: 'tzdata: 2023d\nca-certificates: withdrawn roots removed',
    ageDays: 37,
    kernel: '6.1.62',
    upgrades: { tzdata: '2023d-0', 'ca-certificates': '20231108' },
    journalStorage: 'persistent',
  },
  {
    version: '7.3.0',
    subject: 'Aurora OS 7.3.0: TPM-bound disk encryption',
    body: 'cryptsetup: keys can be sealed to the TPM\ntpm2-tools: 5.5\nagent: reports measured boot state',
    ageDays: 29,
    kernel: '6.1.62',
    upgrades: {
      cryptsetup: '2.6.1-4+u1',
      'tpm2-tools': '5.5-1',
      'aurora-agent': '7.3.0-1',
      libgcrypt20: '1.10.1-3+u1',
    },
    additions: [
      {
        name: 'tpm2-abrmd',
        version: '3.0.0-1',
        section: 'utils',
        bins: 1,
        libs: 1,
        data: 5,
        summary: 'TPM2 access broker and resource manager',
      },
    ],
    journalStorage: 'persistent',
  },
  {
    version: '7.4.0',
    subject: 'Aurora OS 7.4.0: Linux 6.1.69, faster start',
    body: 'kernel: 6.1.69, modules compressed less and found faster\nsystemd: units of removable devices start later\nopenssh: 9.2p1-2+u2 (CVE-2023-48795)',
    ageDays: 20,
    kernel: '6.1.69',
    upgrades: {
      openssh: '9.2p1-2+u2',
      systemd: '252.22-1',
      udev: '252.22-1',
      libsystemd0: '252.22-1',
      'aurora-settings': '7.4.0-1',
    },
    journalStorage: 'persistent',
  },
  {
    version: '7.4.1',
    subject: 'Aurora OS 7.4.1: security update for openssl',
    body: 'openssl, libssl3: 3.0.13-1 (CVE-2023-6129, CVE-2023-6237, CVE-2024-0727)\ngnutls: 3.7.9-2+u2 (CVE-2024-0553, CVE-2024-0567)\n\nNo other change.',
    ageDays: 6,
    kernel: '6.1.69',
    upgrades: { openssl: '3.0.13-1', libssl3: '3.0.13-1', libgnutls30: '3.7.9-2+u2' },
    journalStorage: 'persistent',
  },
  {
    version: '7.4.2',
    subject: 'Aurora OS 7.4.2: modem fixes',
    body: 'modemmanager: 1.22.0, dual SIM boards find their second slot\nnetwork-manager: no longer drops a metered link at midnight',
    ageDays: 3,
    kernel: '6.1.69',
    upgrades: { modemmanager: '1.22.0-1', 'network-manager': '1.44.2-1' },
    journalStorage: 'persistent',
  },
  {
    version: '7.5.0-beta1',
    subject: 'Aurora OS 7.5.0 beta 1: Linux 6.6 LTS',
    body: 'kernel: 6.6.15, the next long-term series\nostree: 2024.1, composefs can be tried\nlibsodium removed: the agent uses the kernel keyring',
    ageDays: 1,
    kernel: '6.6.15',
    upgrades: {
      ostree: '2024.1-1',
      'aurora-agent': '7.5.0~beta1-1',
      'aurora-health': '7.5.0~beta1-1',
      nftables: '1.0.9-1',
      libnftables1: '1.0.9-1',
    },
    additions: [
      {
        name: 'composefs',
        version: '1.0.2-1',
        section: 'admin',
        bins: 3,
        libs: 1,
        data: 4,
        summary: 'file system for images, shared by content',
      },
    ],
    removals: ['libsodium23'],
    journalStorage: 'persistent',
  },
];
