/*
 * Stands between a process and its disk (LD_PRELOAD, Linux): sees what is done to the files of a store, records it, and
 * can let one operation fail. What it does is told by the environment:
 *
 *   DISK_FOLDER   paths that begin with this are watched
 *   DISK_TRACE    file to which every operation is recorded, with the bytes written (trace.ts reads it)
 *   DISK_PLAN     file that says which operation fails and how: "<kind> <number>", counted from 1 since the file appeared
 *   DISK_SYNC_MS  how long every fsync takes longer, so that whoever does not wait for it is seen
 *
 * A watched file whose name ends with .marks is no file: what is written to it goes into the trace as a mark.
 *
 * The -shm file of SQLite is left out: it is written through mmap, holds only an index of the -wal file, and is built
 * anew by whoever opens the store first after a crash.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_FD 65536
#define MAGIC 0x4b534944u

enum operation { CREATE = 1, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR, MARK };
enum fault { NONE, KILL_BEFORE, KILL_AFTER, TORN, EIO_ONCE, ENOSPC_ONCE, FULL, SYNC_FAILS };

struct record {
  uint32_t magic;
  uint32_t operation;
  int32_t error;
  uint32_t path_length;
  uint32_t other_path_length;
  uint32_t data_length;
  uint64_t offset;
  uint64_t inode;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *watched[MAX_FD];
static const char *folder, *plan;
static char struck_path[4096];
static int trace = -1;
static long sync_ms;

static enum fault armed;
static uint64_t wanted, seen;
static ino_t plan_inode;
static struct timespec plan_time;
static int struck;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_mkdir)(const char *, mode_t);

__attribute__((constructor)) static void begin(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_pwritev = dlsym(RTLD_NEXT, "pwritev64");
  real_open = dlsym(RTLD_NEXT, "open64");
  real_close = dlsym(RTLD_NEXT, "close");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_rename = dlsym(RTLD_NEXT, "rename");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_mkdir = dlsym(RTLD_NEXT, "mkdir");
  folder = getenv("DISK_FOLDER");
  plan = getenv("DISK_PLAN");
  if (plan) snprintf(struck_path, sizeof struck_path, "%s.struck", plan);
  const char *delay = getenv("DISK_SYNC_MS");
  if (delay) sync_ms = atol(delay);
  const char *to = getenv("DISK_TRACE");
  if (to) trace = real_open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int ends_with(const char *path, const char *end) {
  size_t length = strlen(path), tail = strlen(end);
  return length >= tail && strcmp(path + length - tail, end) == 0;
}

static int is_watched(const char *path) {
  return folder && path && strncmp(path, folder, strlen(folder)) == 0 && !ends_with(path, "-shm");
}

/* Faults strike the database and its log; the lock file has no content worth a fault. */
static int can_fail(const char *path) {
  return strstr(path, "heddle.db") && !strstr(path, ".lock") && !ends_with(path, ".marks");
}

static const char *path_of(int fd) { return fd >= 0 && fd < MAX_FD ? watched[fd] : NULL; }

static void record(enum operation operation, int error, const char *path, const char *other, uint64_t offset,
                   uint64_t inode, const void *data, size_t length) {
  if (trace < 0) return;
  struct record head = {MAGIC, operation, error, strlen(path), other ? strlen(other) : 0, length, offset, inode};
  struct iovec parts[4] = {{&head, sizeof head},
                           {(void *)path, head.path_length},
                           {(void *)other, head.other_path_length},
                           {(void *)data, length}};
  if (real_writev(trace, parts, 4) < 0) abort();
}

static uint64_t inode_of(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

/* A plan that has appeared, or replaced another, counts from its own beginning. */
static void read_plan(void) {
  struct stat status;
  if (!plan || stat(plan, &status) != 0) {
    armed = NONE;
    plan_inode = 0;
    return;
  }
  if (status.st_ino == plan_inode && memcmp(&status.st_mtim, &plan_time, sizeof plan_time) == 0) return;
  plan_inode = status.st_ino;
  plan_time = status.st_mtim;
  char text[64] = {0}, kind[32] = {0};
  unsigned long long number = 0;
  int fd = real_open(plan, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || read(fd, text, sizeof text - 1) < 0 || sscanf(text, "%31s %llu", kind, &number) != 2) abort();
  real_close(fd);
  static const char *names[] = {"none", "kill-before", "kill-after", "torn", "eio", "enospc", "full", "sync-fails"};
  armed = NONE;
  for (int each = 0; each < 8; each += 1)
    if (strcmp(names[each], kind) == 0) armed = each;
  wanted = number;
  seen = 0;
  struck = 0;
}

static void say_struck(void) {
  int fd = real_open(struck_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0) real_close(fd);
}

static void die(void) {
  for (;;) kill(getpid(), SIGKILL);
}

/* What happens to this operation: NONE, or the fault that strikes it. Called once for each, under the lock. */
static enum fault judge(enum operation operation, const char *path) {
  if (!can_fail(path)) return NONE;
  read_plan();
  if (armed == NONE) return NONE;
  seen += 1;
  if (seen < wanted) return NONE;
  int lasts = armed == FULL || armed == SYNC_FAILS;
  if (struck && !lasts) return NONE;
  if (armed == FULL && (operation == SYNC || operation == UNLINK)) return NONE;
  if (armed == SYNC_FAILS && operation != SYNC) return NONE;
  if (!struck) say_struck();
  struck = 1;
  if (armed == KILL_BEFORE || (armed == TORN && operation != WRITE)) die();
  return armed;
}

static int refusal(enum fault fault) {
  if (fault == EIO_ONCE || fault == SYNC_FAILS) return EIO;
  return fault == ENOSPC_ONCE || fault == FULL ? ENOSPC : 0;
}

static ssize_t written(int fd, const char *path, const void *data, size_t length, off_t offset, int positioned) {
  if (ends_with(path, ".marks")) {
    record(MARK, 0, path, NULL, 0, 0, data, length);
    return length;
  }
  off_t at = positioned ? offset : lseek(fd, 0, SEEK_CUR);
  enum fault fault = judge(WRITE, path);
  int error = refusal(fault);
  if (error) {
    errno = error;
    return -1;
  }
  size_t part = length;
  /* Whole sectors of it, or a part of a sector: never nothing and never all. */
  if (fault == TORN) part = length > 512 ? 512 * (1 + seen * 2654435761u % ((length - 1) / 512)) : length / 2;
  ssize_t done = positioned ? real_pwrite(fd, data, part, at) : real_write(fd, data, part);
  if (done > 0) record(WRITE, 0, path, NULL, at, inode_of(fd), data, done);
  if (fault == TORN || fault == KILL_AFTER) die();
  return done;
}

static ssize_t all_written(int fd, const struct iovec *parts, int count, off_t offset, int positioned) {
  ssize_t total = 0;
  for (int each = 0; each < count; each += 1) {
    ssize_t done = positioned ? pwrite64(fd, parts[each].iov_base, parts[each].iov_len, offset + total)
                              : write(fd, parts[each].iov_base, parts[each].iov_len);
    if (done < 0) return total > 0 ? total : -1;
    total += done;
    if ((size_t)done < parts[each].iov_len) break;
  }
  return total;
}

ssize_t write(int fd, const void *data, size_t length) {
  if (!path_of(fd)) return real_write(fd, data, length);
  pthread_mutex_lock(&lock);
  ssize_t done = written(fd, path_of(fd), data, length, 0, 0);
  int error = errno;
  pthread_mutex_unlock(&lock);
  errno = error;
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) {
  if (!path_of(fd)) return real_pwrite(fd, data, length, offset);
  pthread_mutex_lock(&lock);
  ssize_t done = written(fd, path_of(fd), data, length, offset, 1);
  int error = errno;
  pthread_mutex_unlock(&lock);
  errno = error;
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  return path_of(fd) ? all_written(fd, parts, count, 0, 0) : real_writev(fd, parts, count);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t offset) {
  return path_of(fd) ? all_written(fd, parts, count, offset, 1) : real_pwritev(fd, parts, count, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  return pwritev64(fd, parts, count, offset);
}

static int opened(const char *path, int flags, mode_t mode) {
  pthread_mutex_lock(&lock);
  struct stat status;
  int is_new = (flags & O_CREAT) && stat(path, &status) != 0;
  int mark = ends_with(path, ".marks");
  enum fault fault = is_new && !mark ? judge(CREATE, path) : NONE;
  int error = refusal(fault);
  int fd = error ? -1 : real_open(path, flags, mode);
  if (!error) error = errno;
  if (fd >= 0 && fd < MAX_FD) {
    free(watched[fd]);
    watched[fd] = strdup(path);
    if (is_new && !mark) record(CREATE, 0, path, NULL, 0, inode_of(fd), NULL, 0);
    else if (flags & O_TRUNC) record(TRUNCATE, 0, path, NULL, 0, inode_of(fd), NULL, 0);
  }
  if (fault == KILL_AFTER) die();
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}

int open64(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return is_watched(path) ? opened(path, flags, mode) : real_open(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return is_watched(path) ? opened(path, flags, mode) : real_open(path, flags, mode);
}

int close(int fd) {
  if (!path_of(fd)) return real_close(fd);
  pthread_mutex_lock(&lock);
  free(watched[fd]);
  watched[fd] = NULL;
  int result = real_close(fd);
  pthread_mutex_unlock(&lock);
  return result;
}

static int synced(int fd, int (*sync)(int)) {
  if (!path_of(fd)) return sync(fd);
  if (sync_ms > 0) usleep(sync_ms * 1000);
  pthread_mutex_lock(&lock);
  enum fault fault = judge(SYNC, path_of(fd));
  int error = refusal(fault);
  int result = error ? -1 : sync(fd);
  if (!error && result != 0) error = errno;
  record(SYNC, result == 0 ? 0 : error, path_of(fd), NULL, 0, inode_of(fd), NULL, 0);
  if (fault == KILL_AFTER) die();
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}

int fsync(int fd) { return synced(fd, real_fsync); }
int fdatasync(int fd) { return synced(fd, real_fdatasync); }

int ftruncate64(int fd, off_t size) {
  if (!path_of(fd)) return real_ftruncate(fd, size);
  pthread_mutex_lock(&lock);
  enum fault fault = judge(TRUNCATE, path_of(fd));
  int error = refusal(fault);
  int result = error ? -1 : real_ftruncate(fd, size);
  if (!error) error = errno;
  if (result == 0) record(TRUNCATE, 0, path_of(fd), NULL, size, inode_of(fd), NULL, 0);
  if (fault == KILL_AFTER) die();
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) {
  if (!is_watched(from)) return real_rename(from, to);
  pthread_mutex_lock(&lock);
  enum fault fault = judge(RENAME, from);
  int error = refusal(fault);
  int result = error ? -1 : real_rename(from, to);
  if (!error) error = errno;
  if (result == 0) record(RENAME, 0, from, to, 0, 0, NULL, 0);
  if (fault == KILL_AFTER) die();
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}

int unlink(const char *path) {
  if (!is_watched(path)) return real_unlink(path);
  pthread_mutex_lock(&lock);
  enum fault fault = judge(UNLINK, path);
  int error = refusal(fault);
  int result = error ? -1 : real_unlink(path);
  if (!error) error = errno;
  if (result == 0) record(UNLINK, 0, path, NULL, 0, 0, NULL, 0);
  if (fault == KILL_AFTER) die();
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}

int mkdir(const char *path, mode_t mode) {
  if (!is_watched(path)) return real_mkdir(path, mode);
  pthread_mutex_lock(&lock);
  int result = real_mkdir(path, mode);
  int error = errno;
  if (result == 0) record(MKDIR, 0, path, NULL, 0, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
