import { useId, useRef, useState } from 'preact/hooks';
import { ApiError } from '../request.js';
import { recall, remember } from '../theme.js';

const ACTOR_KEY = 'leeway.actor';

export interface ConfirmButtonProps {
  label: string;
  /** What will happen, in words, shown before it does. */
  question: string;
  tone?: 'primary' | 'danger' | 'plain';
  /** Also asks for a comment. */
  withComment?: boolean;
  run: (fields: Record<string, string>) => Promise<void>;
}

/** A button for something that matters: asks first, says who did it, shows the answer when it is refused. */
export function ConfirmButton({ label, question, tone = 'plain', withComment = false, run }: ConfirmButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const title = useId();
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const fields = filledFields(new FormData(event.currentTarget));
    remember(ACTOR_KEY, fields['actor'] ?? '');
    setBusy(true);
    try {
      await run(fields);
      setProblem('');
      dialog.current?.close();
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" class={`button ${tone}`} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby={title}>
        <form onSubmit={(event) => void submit(event)}>
          <h2 id={title}>{label}?</h2>
          <p>{question}</p>
          <label>
            <span>
              Your name <span class="muted">(for the timeline)</span>
            </span>
            <input name="actor" maxLength={128} autocomplete="name" defaultValue={recall(ACTOR_KEY)} />
          </label>
          {withComment && (
            <label>
              <span>
                Comment <span class="muted">(optional)</span>
              </span>
              <textarea name="comment" rows={3} maxLength={2000} />
            </label>
          )}
          {problem !== '' && (
            <p class="banner tone-bad" role="alert">
              {problem}
            </p>
          )}
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class={`button ${tone === 'plain' ? 'primary' : tone}`} disabled={busy}>
              {busy ? 'Working …' : label}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

function filledFields(form: FormData): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === 'string' && value.trim() !== '') fields[name] = value.trim();
  return fields;
}
