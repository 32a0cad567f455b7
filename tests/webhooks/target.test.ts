import { describe, expect, it } from 'vitest';
import { isPublicAddress, readTarget, resolveTarget, TargetRefused } from '../../api/webhooks/target.ts';

const strict = { allowPrivate: false };
const lenient = { allowPrivate: true };

describe('an address is not public', () => {
  it.each([
    ...['127.0.0.1', '127.8.9.1', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...['169.254.169.254', '100.64.0.1', '192.0.0.192', '192.0.2.1', '198.18.0.1', '198.51.100.7'],
    ...['203.0.113.9', '224.0.0.1', '240.0.0.1', '255.255.255.255', '168.63.129.16'],
    ...['::1', '::', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::ffff:10.0.0.1', 'fe80::1'],
    ...['fc00::1', 'fd00:ec2::254', 'fec0::1', 'ff02::1', '64:ff9b::7f00:1', '64:ff9b:1::a00:1'],
    ...['2002:7f00:1::', '2001::1', '2001:db8::1', '3fff::1', '100::1', 'fe80::1%eth0', 'no address', ''],
  ])('%s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('but for those of the internet', () => {
    for (const address of ['8.8.8.8', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '2a00:1450:4001::8']) {
      expect([address, isPublicAddress(address)]).toEqual([address, true]);
    }
  });
});

describe('a target is refused by its URL', () => {
  it.each([
    ...['https://2130706433/', 'https://0177.0.0.1/', 'https://017700000001/', 'https://0x7f.1/'],
    ...['https://0x7f000001/', 'https://127.1/', 'https://①②⑦.0.0.1/', 'https://127.0.0.1./'],
    ...['https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[0:0::1]/'],
    ...['https://169.254.169.254/latest/meta-data/', 'https://[fd00:ec2::254]/', 'https://2852039166/'],
  ])('%s', (url) => {
    expect(() => readTarget(url, strict)).toThrow(TargetRefused);
    expect(readTarget(url, lenient)).toBeInstanceOf(URL);
  });

  it('where it is not https, has a password, is too long, or is none', () => {
    const refused = ['http://example.com/', 'ftp://example.com/', 'file:///etc/passwd', '//example.com', ''];
    const tooLong = `https://example.com/${'a'.repeat(2000)}`;
    for (const url of [...refused, 'https://user:password@example.com/', tooLong]) {
      expect(() => readTarget(url, strict), url).toThrow(TargetRefused);
    }
    expect(() => readTarget('ftp://example.com/', lenient)).toThrow(TargetRefused);
  });
});

describe('a name', () => {
  const url = new URL('https://hooks.example.com/');
  const meaning = (...addresses: string[]) => ({
    ...strict,
    resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  });

  it('is refused where one of its addresses is private, whichever', async () => {
    for (const addresses of [
      ['127.0.0.1'],
      ['8.8.8.8', '10.0.0.1'],
      ['2606:4700::1111', '::ffff:192.168.0.1'],
    ]) {
      await expect(resolveTarget(url, meaning(...addresses))).rejects.toThrow(TargetRefused);
    }
    await expect(resolveTarget(new URL('https://localhost/'), strict)).rejects.toThrow(TargetRefused);
  });

  it('is not told to whoever asks, where it is refused', async () => {
    const refusal = await resolveTarget(url, meaning('10.11.12.13')).catch((error: Error) => error.message);
    expect(refusal).not.toContain('10.11');
  });

  it('stands for the addresses that were checked', async () => {
    expect(await resolveTarget(url, meaning('8.8.8.8'))).toEqual([{ address: '8.8.8.8', family: 4 }]);
  });
});
