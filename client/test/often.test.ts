import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tooMany } from '../src/often';

const MINUTE = 60_000;

test('a server that ends three times within three minutes is not started again', () => {
  assert.equal(tooMany([0, MINUTE]), false);
  assert.equal(tooMany([0, MINUTE, 2 * MINUTE]), true);
});

test('one that ends now and then is', () => {
  assert.equal(tooMany([0, 10 * MINUTE, 20 * MINUTE, 21 * MINUTE]), false);
});
