/** The packages of the demo's fictional operating system as the first release has them. */

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
