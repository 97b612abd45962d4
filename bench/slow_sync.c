/* A disk that is slower than this one: LD_PRELOAD it, and each fsync and fdatasync takes SLOW_SYNC_US longer (2,000 where
 * that is not set; servers that clean their environment get that). It sleeps after the real one, as a caller of a slow disk
 * would wait, and burns nothing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

static int wait_after(int result) {
  const int error = errno;
  const char* text = getenv("SLOW_SYNC_US");
  const long us = text ? atol(text) : 2000;
  struct timespec left = {us / 1000000, us % 1000000 * 1000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
  errno = error;
  return result;
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  return wait_after(real(fd));
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  return wait_after(real(fd));
}
