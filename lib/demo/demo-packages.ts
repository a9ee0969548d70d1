/** The packages of the demo's fictional operating system, and what each release changes in them. */

export interface DemoPackage {
  name: string;
  version: string;
  section: string;
  /** How many commands, libraries and data files it holds. */
  bins: number;
  libs: number;
  data: number;
  summary: string;
}

/** name version section bins/libs/data summary */
const BASE = `
apt 2.6.1 admin 8/2/24 package manager
base-files 12.4 admin 0/0/18 base system files
bash 5.2.15-2 shells 4/0/12 GNU Bourne Again SHell
bluez 5.66-1 admin 7/1/9 Bluetooth tools and daemons
busybox 1.35.0-4 utils 1/0/3 tiny utilities for small systems
bzip2 1.0.8-5 utils 6/1/4 high-quality block-sorting file compressor
ca-certificates 20230311 misc 1/0/142 common CA certificates
chrony 4.3-2 net 2/0/9 versatile implementation of NTP
conntrack 1.4.7-1 net 1/1/4 program to modify the conntrack tables
coreutils 9.1-1 utils 96/0/11 GNU core utilities
cryptsetup 2.6.1-4 admin 5/1/14 disk encryption support
curl 7.88.1-10 web 1/1/8 command line tool for transferring data
dbus 1.14.10-1 admin 6/1/11 simple interprocess messaging system
dosfstools 4.2-1 otherosfs 3/0/8 utilities for FAT file systems
dpkg 1.21.22 admin 12/0/44 package management system
e2fsprogs 1.47.0-2 admin 18/4/21 ext2/ext3/ext4 file system utilities
ethtool 6.1-1 net 1/0/4 display or change Ethernet device settings
findutils 4.9.0-4 utils 3/0/7 utilities for finding files
firmware-aurora 7.0 non-free-firmware 0/0/180 firmware of supported boards
gawk 5.2.1-2 interpreters 2/3/12 GNU awk, a pattern scanning language
gnupg 2.2.40-1.1 utils 9/0/16 GNU privacy guard
grep 3.8-5 utils 3/0/5 GNU grep, egrep and fgrep
grub-efi 2.06-13 admin 11/0/220 GRand Unified Bootloader
gzip 1.12-1 utils 11/0/4 GNU compression utilities
init-system-helpers 1.65.2 admin 4/0/6 helper tools for all init systems
iproute2 6.1.0-3 net 17/0/29 networking and traffic control tools
iptables 1.8.9-2 net 10/2/62 administration tools for packet filtering
jq 1.6-2.1 utils 1/1/4 lightweight command-line JSON processor
kmod 30 admin 7/1/6 tools for managing kernel modules
less 590-2 text 3/0/4 pager program similar to more
libacl1 2.3.1-3 libs 0/1/3 access control list library
libblkid1 2.38.1-5 libs 0/1/3 block device ID library
libc6 2.36-9 libs 6/24/240 GNU C library
libcap2 2.66-4 libs 0/2/4 POSIX 1003.1e capabilities
libcurl4 7.88.1-10 libs 0/1/3 client-side URL transfer library
libexpat1 2.5.0-1 libs 0/2/4 XML parsing C library
libgcrypt20 1.10.1-3 libs 0/1/5 LGPL crypto library
libglib2.0 2.74.6-2 libs 1/6/22 GLib library of C routines
libgnutls30 3.7.9-2 libs 0/1/6 GNU TLS library
libmount1 2.38.1-5 libs 0/1/3 device mounting library
libnftables1 1.0.6-2 libs 0/1/3 netfilter nftables high level library
libpam 1.5.2-6 libs 4/42/30 pluggable authentication modules
libseccomp2 2.5.4-1 libs 0/1/3 seccomp filter library
libselinux1 3.4-1 libs 0/1/3 SELinux runtime libraries
libsodium23 1.0.18-1 libs 0/1/3 network communication and cryptography
libsqlite3 3.40.1-2 libs 0/1/3 SQL database engine library
libssl3 3.0.11-1 libs 0/2/6 Secure Sockets Layer toolkit, shared libraries
libsystemd0 252.17-1 libs 0/1/3 systemd utility library
libxml2 2.9.14-1 libs 0/1/6 GNOME XML library
libzstd1 1.5.4-1 libs 0/1/3 fast lossless compression algorithm
logrotate 3.21.0-1 admin 1/0/9 log rotation utility
lvm2 2.03.16-2 admin 42/2/38 Linux logical volume manager
modemmanager 1.20.4-1 net 2/14/74 mobile broadband modem management
mtd-utils 2.1.5-1 utils 31/0/5 memory technology device utilities
ncurses-base 6.4-4 misc 0/0/41 basic terminal type definitions
network-manager 1.42.4-1 net 4/18/33 network management framework
nftables 1.0.6-2 net 1/0/14 program to control packet filtering rules
openssh 9.2p1-2 net 14/0/21 secure shell client and server
openssl 3.0.11-1 utils 2/3/38 Secure Sockets Layer toolkit, command line tool
ostree 2022.7-2 admin 2/1/9 content-addressed filesystem for operating systems
p11-kit 0.24.1-2 utils 2/2/8 loading and enumerating PKCS#11 modules
parted 3.5-3 admin 2/1/7 disk partition manipulator
pciutils 3.9.0-4 admin 3/1/5 PCI utilities
polkit 122-3 admin 5/2/13 framework for managing authorisation
procps 4.0.2-3 admin 18/1/9 /proc file system utilities
python3-minimal 3.11.2-1 python 3/1/212 minimal subset of the Python language
rauc-adapter 1.8-2 admin 1/0/7 update adapter of the fleet agent
rsync 3.2.7-1 net 2/0/5 fast, versatile file-copying tool
sed 4.9-1 utils 1/0/4 GNU stream editor
shadow 4.13-1 admin 19/0/28 change and administer password data
sudo 1.9.13p3-1 admin 4/5/13 limited super user privileges to specific users
systemd 252.17-1 admin 68/9/310 system and service manager
tar 1.34-1.2 utils 2/0/4 GNU version of the tar archiving utility
tpm2-tools 5.4-1 utils 84/0/12 TPM 2.0 utilities
tzdata 2023c-5 localization 0/0/340 time zone and daylight-saving time data
u-boot-tools 2023.01-2 admin 6/0/6 companion tools for the U-Boot bootloader
udev 252.17-1 admin 5/2/68 device and event management daemon
usbutils 2.0.4-1 utils 3/0/4 USB utilities
util-linux 2.38.1-5 utils 72/0/30 miscellaneous system utilities
vim-tiny 9.0.1378-2 editors 4/0/18 compact Vi editor
wireguard-tools 1.0.20210914 net 2/0/6 fast, modern, secure kernel VPN tunnel
wpasupplicant 2.10-12 net 4/0/12 client support for WPA and WPA2
xz-utils 5.4.1-0.2 utils 8/1/6 XZ-format compression utilities
zlib1g 1.2.13-1 libs 0/1/3 compression library
aurora-agent 7.0.0-1 admin 3/1/22 fleet agent of Aurora OS
aurora-health 7.0.0-1 admin 2/0/14 health checks that run after an update
aurora-settings 7.0.0-1 admin 1/0/46 default settings of Aurora OS
`;

export const BASE_PACKAGES: readonly DemoPackage[] = BASE.trim()
  .split('\n')
  .map((line) => {
    const [name = '', version = '', section = '', counts = '', ...summary] = line.split(' ');
    const [bins = 0, libs = 0, data = 0] = counts.split('/').map(Number);
    return { name, version, section, bins, libs, data, summary: summary.join(' ') };
  });

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
