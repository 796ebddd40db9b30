import { ServerInterceptingCall, type ServerInterceptingCallInterface, type ServerListener } from '@grpc/grpc-js';
import type { Admission, AdmissionControl } from './admission-control.js';
import { type Failure, failureOf } from './failure.js';
import { statusOf } from './grpc-status.js';
import { Turns } from './turns.js';

/**
 * Calls whose message is read at once. gRPC declares no length beforehand, so each may come to hold a message of the
 * largest size; the others wait unread, held back by HTTP/2's flow control, and not in memory.
 */
export const MAX_CALLS_READING = 16;
export const MAX_CALLS_WAITING = 1_000;

/** A message must have arrived whole after this time, as over HTTP. */
const RECEIVE_TIMEOUT_MS = 60_000;

const TOO_SLOW: Failure = {
  status: 408,
  message: `the message was not there after ${RECEIVE_TIMEOUT_MS / 1000} s`,
  logged: null,
};

/**
 * Holds a call to the service's limits: it is read when it is its turn, and its message counts with those of HTTP.
 * @param onRefused hears of a call that does not reach its handler
 */
export function boundCalls(admissionControl: AdmissionControl, onRefused: (path: string, failure: Failure) => void) {
  const turns = new Turns(MAX_CALLS_READING, MAX_CALLS_WAITING);
  return ({ path }: { readonly path: string }, call: ServerInterceptingCallInterface): ServerInterceptingCall => {
    let isOver = false;
    let endTurn = () => {};
    let admission: Admission | null = null;
    let tooSlow: NodeJS.Timeout | undefined;

    const stopReading = () => {
      clearTimeout(tooSlow);
      endTurn();
    };
    const end = () => {
      isOver = true;
      stopReading();
      admission?.release();
    };
    const refuse = (failure: Failure) => {
      if (isOver) return;
      end();
      onRefused(path, failure);
      call.sendStatus(statusOf(failure));
    };
    const listener: ServerListener = {
      onReceiveMetadata(metadata, read) {
        try {
          admissionControl.check();
        } catch (error) {
          return refuse(failureOf(error));
        }
        turns.take().then(
          (done) => {
            endTurn = done;
            if (isOver) return done();
            tooSlow = setTimeout(() => refuse(TOO_SLOW), RECEIVE_TIMEOUT_MS);
            read(metadata);
          },
          (error: unknown) => refuse(failureOf(error)),
        );
      },
      onReceiveMessage(message, handle) {
        stopReading();
        try {
          admission = admissionControl.admit(Buffer.isBuffer(message) ? message.length : 0);
        } catch (error) {
          return refuse(failureOf(error));
        }
        handle(message);
      },
      // Called when a call has ended in whatever way, also by the client.
      onCancel: end,
    };
    return new ServerInterceptingCall(call, {
      start: (next) => next(listener),
      sendStatus: (status, next) => {
        end();
        next(status);
      },
    });
  };
}
