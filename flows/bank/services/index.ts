import type { Service } from '../operation.ts';
import { agentDesk } from './agent-desk.ts';
import { aml } from './aml.ts';
import { antifraud } from './antifraud.ts';
import { billShcpe } from './bill-shcpe/index.ts';
import { botNlu } from './bot-nlu.ts';
import { calendar } from './calendar/index.ts';
import { cif } from './cif.ts';
import { coreLedger } from './core-ledger/index.ts';
import { creditBureau } from './credit-bureau.ts';
import { creditLine } from './credit-line.ts';
import { esign } from './esign.ts';
import { fx } from './fx.ts';
import { limit } from './limit.ts';
import { loanCore } from './loan-core/index.ts';
import { notifyApp, notifyMail, notifySms, notifyWechat } from './notify/index.ts';
import { partnerCallback } from './partner-callback.ts';
import { paygateBeps, paygateHvps, paygateIbps } from './paygate/index.ts';
import { reconStore } from './recon-store/index.ts';
import { scoring } from './score.ts';
import { swiftGw } from './swift-gw.ts';

/** Every service of the bank. To add one: a file beside this, and one line here. */
export const services: readonly Service[] = [
  cif,
  coreLedger,
  limit,
  aml,
  antifraud,
  paygateHvps,
  paygateBeps,
  paygateIbps,
  billShcpe,
  creditLine,
  loanCore,
  creditBureau,
  scoring,
  esign,
  notifyApp,
  notifyWechat,
  notifySms,
  notifyMail,
  reconStore,
  swiftGw,
  fx,
  calendar,
  partnerCallback,
  agentDesk,
  botNlu,
];
