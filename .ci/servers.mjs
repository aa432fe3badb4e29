import { execFileSync, spawnSync } from 'node:child_process';
import { connect } from 'node:net';

/**
 * Starts the servers that tests talk to, where they do not run: PostgreSQL, MariaDB, Redis, RabbitMQ, Mosquitto, NATS. As
 * root on Debian those that are not there are installed from its packages; elsewhere, and where that fails, the tests of
 * that server are skipped, and say so. What is started goes on running: the next test run finds it.
 */
const quiet = { stdio: 'ignore', timeout: 120_000 };
const sh = (script) => spawnSync('sh', ['-c', script], quiet);
const servers = [
  {
    name: 'PostgreSQL',
    port: 5432,
    packages: ['postgresql'],
    // Whoever runs the tests gets in without a password, from this machine only.
    start: () =>
      sh(`cluster=$(ls /etc/postgresql | tail -1)
        hba=/etc/postgresql/$cluster/main/pg_hba.conf
        grep -q heddle $hba || sed -i '1i host all all 127.0.0.1/32 trust # heddle tests' $hba
        pg_ctlcluster --skip-systemctl-redirect $cluster main start
        sleep 2
        su postgres -c "psql -c 'CREATE ROLE root SUPERUSER LOGIN'; createdb -O root test"`),
  },
  {
    name: 'MariaDB',
    port: 3306,
    packages: ['mariadb-server'],
    start: () =>
      sh(`install -d -o mysql -g mysql /run/mysqld
        setsid /usr/sbin/mariadbd --user=mysql --bind-address=127.0.0.1 </dev/null >/dev/null 2>&1 &
        sleep 4
        mariadb -e "CREATE DATABASE IF NOT EXISTS test; CREATE USER IF NOT EXISTS root@'127.0.0.1' IDENTIFIED BY ''; GRANT ALL ON *.* TO root@'127.0.0.1'"`),
  },
  {
    name: 'Redis',
    port: 6379,
    packages: ['redis-server'],
    start: () => sh('redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save "" --appendonly no'),
  },
  { name: 'RabbitMQ', port: 5672, packages: ['rabbitmq-server'], start: () => sh('rabbitmq-server -detached') },
  {
    name: 'Mosquitto',
    port: 1883,
    packages: ['mosquitto'],
    start: () =>
      sh(`printf 'listener 1883 127.0.0.1\\nallow_anonymous true\\n' > /tmp/heddle-mosquitto.conf
        mosquitto -d -c /tmp/heddle-mosquitto.conf`),
  },
  {
    name: 'NATS',
    port: 4222,
    packages: ['nats-server'],
    start: () =>
      sh('setsid /usr/sbin/nats-server -a 127.0.0.1 -p 4222 -js -sd /var/tmp/heddle-nats </dev/null >/dev/null 2>&1 &'),
  },
];

const isThere = (port) =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 });
    const say = (there) => {
      socket.destroy();
      resolve(there);
    };
    socket
      .on('connect', () => say(true))
      .on('error', () => say(false))
      .on('timeout', () => say(false));
  });

async function comesUp(port) {
  for (let tries = 0; tries < 60; tries += 1) {
    if (await isThere(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}

const missing = [];
for (const server of servers) if (!(await isThere(server.port))) missing.push(server);
const mayStart = process.getuid?.() === 0 && spawnSync('which', ['apt-get'], quiet).status === 0;
if (missing.length > 0 && mayStart) {
  console.log(`Starting ${missing.map(({ name }) => name).join(', ')} for the tests ...`);
  const absent = missing.flatMap(({ packages }) => packages).filter((name) => sh(`dpkg -s ${name}`).status !== 0);
  if (absent.length > 0) {
    try {
      execFileSync('apt-get', ['update', '-qq'], quiet);
      execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...absent], {
        ...quiet,
        timeout: 300_000,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    } catch (error) {
      console.log(`Some could not be installed: ${error.message.split('\n')[0]}`);
    }
  }
  for (const { start } of missing) start();
}
// No server: puts the clock of an engine under test forward and back (test/crash/clock.test.ts).
if (mayStart && sh('dpkg -s libfaketime').status !== 0)
  sh('apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libfaketime');
for (const { name, port } of missing)
  if (!mayStart || !(await comesUp(port)))
    console.log(`${name} is not there (127.0.0.1:${port}); its tests are skipped.`);
