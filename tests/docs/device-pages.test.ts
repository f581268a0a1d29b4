/** docs/devices/ says what the bundled profiles read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { DeviceSource } from '#lib/registry/types.ts';
import { createDecoder } from '../../ingest/decode/decoder.ts';
import { loadProfiles } from '../../ingest/decode/profile-load.ts';
import { sampleMessage } from '../../ingest/decode/sample.ts';
import { DEVICE_PAGES, devicePages } from '../../scripts/device-pages.ts';

const pages = await devicePages();
const profiles = loadProfiles();

describe('docs/devices/', () => {
  it('is what scripts/device-pages.ts writes: run `node scripts/device-pages.ts` when this fails', () => {
    const found = readdirSync(DEVICE_PAGES).map((name) => [
      name,
      readFileSync(join(DEVICE_PAGES, name), 'utf8'),
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(pages));
  });

  it.each(profiles.map((profile) => [profile.name, profile] as const))(
    'says of %s what to set and what is read, and shows a registry line that works',
    (name, profile) => {
      const page = pages.get(`${name}.md`) ?? '';
      const { connect = [], messages } = profile.spec;
      expect(connect).not.toEqual([]);
      expect(connect.filter((step) => !page.includes(step))).toEqual([]);
      const read = messages.flatMap(({ fields }) => fields.flatMap(({ to }) => to));
      const named = (quantity: string): boolean =>
        page.includes(quantity === '{quantity}' ? 'every quantity' : `\`${quantity}\``);
      expect(read.filter((quantity) => !named(quantity))).toEqual([]);

      const [, text = ''] = /```yaml\n(sources:[\s\S]*?)```/.exec(page) ?? [];
      const { sources } = parse(text) as { readonly sources: DeviceSource[] };
      const decoder = createDecoder({ registry: { missions: {}, pledges: [], sources }, profiles });
      const sample = profile.samples.find(({ expect: readings }) => readings.length > 0);
      if (sample === undefined) throw new Error(`${name} has no sample that becomes a reading`);
      const { readings, rejections } = decoder.decode(sampleMessage(sample));
      expect(rejections).toEqual([]);
      expect(readings).toHaveLength(sample.expect.length);
    },
  );
});
