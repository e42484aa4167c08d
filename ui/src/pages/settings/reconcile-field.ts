import { html, nothing, type TemplateResult } from 'lit';
import type { Settings } from '../../../../server/http/schemas/settings.ts';
import { reconcileOptions, textField } from '../../common/field.ts';

type Reconcile = Settings['reconcile'];

/** Whether the fleet is applied, and why not. */
export function reconcileField(value: Reconcile, change: (value: Reconcile) => void): TemplateResult {
  return html`${reconcileOptions(value.mode, (mode) => change(mode === 'apply' ? { mode } : { ...value, mode }))}
  ${
    value.mode === 'apply'
      ? nothing
      : textField({
          id: 'reconcile-reason',
          label: 'Reason',
          value: value.reason ?? '',
          hint: 'For whoever finds it so; it is kept in git.',
          input: (reason) => change({ mode: value.mode, ...(reason !== '' && { reason }) }),
        })
  }`;
}
