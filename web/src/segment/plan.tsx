import { Alert, Button, Group, List, Modal, Stack, Table, Text } from '@mantine/core'

import type { Schemas } from '../api/client'
import { useFormat } from '../locale/format'
import { useTexts } from './builder/texts'
import classes from './edit.module.css'

type Plan = Schemas['SegmentPlan']
type Step = Schemas['SegmentStep']

/** Whether saving changes who is in a segment, this one or another. */
export function matters(plan: Plan): boolean {
  return plan.affected.length > 0 || plan.segments.some((s) => s.outcome === 'changed' && s.entering + s.leaving > 0)
}

interface Props {
  plan: Plan
  names: (id: string) => string
  saving: boolean
  close: () => void
  save: () => void
}

/** What saving would change, before it is saved. */
export function PlanDialog({ plan, names, saving, close, save }: Props) {
  const t = useTexts()
  const format = useFormat()
  const own = plan.segments[0]
  return (
    <Modal opened onClose={close} title={t('plan.title')} size="lg" closeButtonProps={{ 'aria-label': t('plan.back') }}>
      <Stack>
        {own !== undefined && (
          <Stack gap={4}>
            <Text>{t('plan.now', { before: format.count(own.members), after: format.count(own.members_after) })}</Text>
            <Moves step={own} />
          </Stack>
        )}
        {plan.affected.length > 0 && (
          <>
            <Alert color="yellow" classNames={{ title: classes.title }} title={t('plan.affected', { count: plan.affected.length })}>
              {t('plan.affected_about')}
            </Alert>
            <Table.ScrollContainer minWidth={420}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('plan.segment')}</Table.Th>
                    <Table.Th className="number">{t('plan.before')}</Table.Th>
                    <Table.Th className="number">{t('plan.after')}</Table.Th>
                    <Table.Th className="number">{t('plan.entering')}</Table.Th>
                    <Table.Th className="number">{t('plan.leaving')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {plan.affected.map((s) => (
                    <Table.Tr key={s.id}>
                      <Table.Td style={{ overflowWrap: 'anywhere' }}>{names(s.id)}</Table.Td>
                      <Table.Td className="number">{format.count(s.members)}</Table.Td>
                      <Table.Td className="number">{format.count(s.members_after)}</Table.Td>
                      <Table.Td className="number">+{format.count(s.entering)}</Table.Td>
                      <Table.Td className="number">−{format.count(s.leaving)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </>
        )}
        <Text size="sm" className="quiet">
          {t('plan.as_of', { at: format.instant(plan.as_of) })}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('plan.back')}
          </Button>
          <Button onClick={save} loading={saving} data-autofocus>
            {t('plan.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Moves({ step }: { step: Step }) {
  const t = useTexts()
  const format = useFormat()
  const some = (ids: string[], all: number) => (all > ids.length ? t('plan.and_more', { ids: ids.join(', '), count: all - ids.length }) : ids.join(', '))
  return (
    <List size="sm">
      <List.Item>
        {t('plan.enter', { count: step.entering, shown: format.count(step.entering) })}
        {step.entering > 0 && <Ids>{some(step.first_entering, step.entering)}</Ids>}
      </List.Item>
      <List.Item>
        {t('plan.leave', { count: step.leaving, shown: format.count(step.leaving) })}
        {step.leaving > 0 && <Ids>{some(step.first_leaving, step.leaving)}</Ids>}
      </List.Item>
    </List>
  )
}

function Ids({ children }: { children: string }) {
  return (
    <Text size="sm" className="quiet" style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Text>
  )
}
