import { paygate } from './paygate.ts';

/** 大额实时支付系统: any amount, within its hours. */
export const paygateHvps = paygate({
  id: 'paygate-hvps',
  title: { en: 'Payment gateway HVPS (large value)', zh: '大额支付网关' },
  messageType: 'hvps.111.001.01',
});

/** 小额批量支付系统: up to one million. */
export const paygateBeps = paygate({
  id: 'paygate-beps',
  title: { en: 'Payment gateway BEPS (bulk)', zh: '小额支付网关' },
  messageType: 'beps.121.001.01',
  maxYuan: '1000000.00',
});

/** 网上支付跨行清算系统: up to one million, at any hour. */
export const paygateIbps = paygate({
  id: 'paygate-ibps',
  title: { en: 'Payment gateway IBPS (online)', zh: '超级网银网关' },
  messageType: 'ibps.101.001.01',
  maxYuan: '1000000.00',
});
