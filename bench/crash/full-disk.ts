import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../../src/store/index.js';
import { LeewayProcess } from '../service/leeway-process.js';
import type { Uniform } from '../statistics/random.js';
import { Load } from './load.js';
import { endPhase, type PhaseReport } from './phase.js';

const DISK_BYTES = 512 * 1024 ** 2;
/** What is left to write to when the disk is filled up, in turn. */
const ROOM_BYTES = [3 * 1024 ** 2, 256 * 1024, 0] as const;
const FULL_MS = 6000;
const RECOVERY_MS = 3000;
const CHUNK = Buffer.alloc(64 * 1024, 1);

/** A small disk that somebody else fills up while spans come in, several times; once the service is killed on it. */
export async function fullDiskPhase(
  mountPoint: string,
  uniform: Uniform,
  onProgress: (line: string) => void,
): Promise<PhaseReport | null> {
  mkdirSync(mountPoint, { recursive: true });
  if (!mountSmallDisk(mountPoint)) return null;
  const startedAt = Date.now();
  const directory = join(mountPoint, 'data');
  const filler = join(mountPoint, 'filler');
  const leeway = await LeewayProcess.create({ LEEWAY_DATA_DIR: directory });
  let kills = 0;
  try {
    leeway.spawn();
    await leeway.listening();
    const load = new Load(leeway.url, uniform);
    for (const [index, room] of ROOM_BYTES.entries()) {
      await sleep(RECOVERY_MS);
      onProgress(`disk full but for ${room} bytes`);
      fillUp(mountPoint, filler, room);
      await sleep(FULL_MS);
      if (index === ROOM_BYTES.length - 1) {
        await leeway.end('SIGKILL');
        kills += 1;
      }
      rmSync(filler);
      if (!leeway.isRunning) leeway.spawn();
      await leeway.listening();
    }
    await sleep(RECOVERY_MS);
    const openStore = () => openEmbedded(join(directory, 'engine'));
    return await endPhase({ phase: 'disk full', startedAt, kills, load, leeway, openStore });
  } finally {
    await leeway.end('SIGKILL');
    spawnSync('umount', ['-l', mountPoint]);
  }
}

/** Needs the rights to mount: root, or `unshare -rm`. */
function mountSmallDisk(mountPoint: string): boolean {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'leeway-crash', mountPoint]);
  return status === 0;
}

/** Writes until only so many bytes are free; others go on writing meanwhile. */
function fillUp(mountPoint: string, path: string, roomBytes: number): void {
  const file = openSync(path, 'w');
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(mountPoint);
      const free = bavail * bsize - roomBytes;
      if (free <= 0) return;
      writeSync(file, CHUNK.subarray(0, Math.min(free, CHUNK.length)));
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(file);
  }
}
