import type { Service } from '../../operation.ts';
import { getOutcome } from '../outcome.ts';
import { getMessageReceipt, sendOperation } from './channel.ts';

const owner = 'channels';

export const notifyApp: Service = {
  id: 'notify-app',
  title: { en: 'App push', zh: '手机银行推送' },
  owner,
  operations: {
    sendPush: sendOperation({ title: { en: 'Send a push message', zh: '发送推送' } }),
    getMessageReceipt,
    getOutcome,
  },
};

export const notifyWechat: Service = {
  id: 'notify-wechat',
  title: { en: 'WeChat message', zh: '微信消息' },
  owner,
  operations: {
    sendWechat: sendOperation({ title: { en: 'Send a WeChat message', zh: '发送微信' } }),
    getMessageReceipt,
    getOutcome,
  },
};

export const notifySms: Service = {
  id: 'notify-sms',
  title: { en: 'Short message', zh: '短信' },
  owner,
  operations: {
    sendSms: sendOperation({ title: { en: 'Send a short message', zh: '发送短信' } }),
    getMessageReceipt,
    getOutcome,
  },
};

/** Nobody can ask a mail server later: the one service here whose sending must not be repeated. */
export const notifyMail: Service = {
  id: 'notify-mail',
  title: { en: 'Mail', zh: '邮件' },
  owner,
  operations: { sendMail: sendOperation({ title: { en: 'Send a mail', zh: '发送邮件' }, safety: 'once' }) },
};
