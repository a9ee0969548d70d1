'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { FormDialog } from '@/components/ui/form-dialog';
import { ReasonField } from '@/components/ui/reason-field';
import { useReason } from '@/components/ui/use-reason';
import {
  type RetirementDto,
  retirementSchema,
  type StopRetirementInput,
  stopRetirementSchema,
} from '@/lib/contracts/retirement';
import { apiSend } from '@/lib/query/api';
import { stageKeys } from '@/lib/query/stages';

/** Asks why the commits of refs that were removed are to stay. */
export function KeepCommitsDialog({
  retirement,
  onClose,
}: {
  retirement: RetirementDto;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const reason = useReason(stopRetirementSchema.shape.reason);
  const keep = useMutation({
    mutationFn: (input: StopRetirementInput) =>
      apiSend('POST', `/api/retirements/${encodeURIComponent(retirement.id)}/stop`, input, retirementSchema),
    // After a refusal too: it may have begun meanwhile.
    onSettled: () => client.invalidateQueries({ queryKey: stageKeys.all }),
  });

  function submit() {
    if (keep.isPending) return;
    const text = reason.read();
    if (text === null) return;
    keep.mutate({ reason: text }, { onSuccess: onClose });
  }

  return (
    <FormDialog
      title={`Keep the commits of #${retirement.promotion}?`}
      act="Keep the commits"
      isBusy={keep.isPending}
      error={keep.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="break-words">
        Treeline deletes none of them. They stay in {retirement.stage} without a ref, where clients find them
        by checksum alone, until somebody prunes the repository. The refs don’t come back by this.
      </p>
      <ReasonField hint="It stands in the history." {...reason.field} />
    </FormDialog>
  );
}
