/** Long enough and still the first that anybody tries. Compared without case. */
const common = new Set([
  '123456789012',
  '1234567890123',
  '12345678901234',
  '123456789123',
  'password1234',
  'password12345',
  'password123456',
  'passwordpassword',
  'qwertyuiop12',
  'qwertyuiop123',
  'qwertyuiopasdf',
  'qwertyuiop[]',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  'administrator',
  'administrator1',
  'adminadminadmin',
  'letmeinletmein',
  'iloveyou1234',
  'changeme1234',
  'changemechangeme',
  'welcome12345',
  'correcthorsebatterystaple',
  'correct horse battery staple',
  'treelinetreeline',
]);

/** Why `password` would be guessed at once, as a sentence's end; null where no reason is known. */
export function whyWeakPassword(password: string, name: string): string | null {
  const lower = password.toLowerCase();
  if (common.has(lower)) return 'is one of the first that anybody tries';
  if (new Set(lower).size < 5) return 'uses too few different characters';
  if (name.length >= 3 && lower.includes(name.toLowerCase()) && lower.length < name.length + 8) {
    return 'is little more than your name';
  }
  return null;
}
