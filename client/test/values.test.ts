import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsed, shown } from '../src/values';

test('what is shown of a configuration can be typed back', () => {
  const configuration = { kernel: 9, rate: 0.001, act: 're, "lu"', 'conv.bias': true, idle: null };
  assert.deepEqual(parsed(shown(configuration)), configuration);
});

test('values may be typed as Python writes them, and texts without quotes', () => {
  assert.deepEqual(parsed('norm=True, padding=same ,kernel = 3'), { norm: true, padding: 'same', kernel: 3 });
  assert.deepEqual(parsed(''), {});
});

test('a line that is no list of values is refused', () => {
  assert.equal(parsed('kernel'), undefined);
  assert.equal(parsed('kernel=3, blocks'), undefined);
});
