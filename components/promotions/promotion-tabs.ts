export const promotionTabs = ['plan', 'changes', 'packages', 'checks', 'run', 'timeline'] as const;
export type PromotionTab = (typeof promotionTabs)[number];

/** The tab that a URL names; the plan where it names none. */
export function parsePromotionTab(value: string | undefined): PromotionTab {
  return promotionTabs.find((tab) => tab === value) ?? 'plan';
}

/** The address of a tab of a promotion's page. */
export function promotionTabHref(number: number, tab: PromotionTab): string {
  return tab === 'plan' ? `/promotions/${number}` : `/promotions/${number}?tab=${tab}`;
}
