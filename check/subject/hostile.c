#include "check/subject/hostile.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define ENOUGH 64 /* pieces of 16 MiB: 1 GiB */
#define PIECE ((size_t)16 << 20)

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void spin(void)
{
    for (volatile unsigned i = 0;; i++)
        continue;
}

/* 256 processes, in as many sessions as it takes. */
static void fork_bomb(void)
{
    for (int i = 0; i < 8; i++) {
        if (fork() == 0)
            setsid();
    }
    for (;;)
        pause();
}

static void allocate(void)
{
    for (int i = 0; i < ENOUGH; i++) {
        char *piece = malloc(PIECE);

        if (piece == NULL)
            fail("malloc");
        memset(piece, i + 1, PIECE);
    }
    fprintf(stderr, "has 1 GiB\n");
    exit(9);
}

static void leave_daemon(void)
{
    pid_t child = fork();

    if (child == 0) {
        setsid();
        alarm(120);
        if (fork() > 0)
            _exit(0);
        for (;;)
            pause();
    }
}

static void stop(void)
{
    raise(SIGSTOP);
}

/* In a namespace there is no such parent, and 0 is its own group. */
static void kill_parent(void)
{
    kill(getppid(), SIGKILL);
    for (;;)
        pause();
}

static void fill_disk(void)
{
    char path[4096];
    int file;

    snprintf(path, sizeof path, "%s/full", getenv("TMPDIR"));
    file = open(path, O_CREAT | O_WRONLY, 0600);
    if (file < 0 || ftruncate(file, (off_t)2 << 30) != 0)
        fail("full");
}

static void leave_shared_memory(void)
{
    char name[200];

    snprintf(name, sizeof name, "/warpcheck-%s", getenv("HOSTILE_RUN"));
    if (shm_open(name, O_CREAT | O_RDWR, 0600) < 0)
        fail("shm_open");
}

static void write_outside(void)
{
    if (open("left-behind", O_CREAT | O_WRONLY, 0600) < 0)
        fail("left-behind");
}

static void open_socket(void)
{
    if (socket(AF_INET, SOCK_STREAM, 0) < 0)
        fail("socket");
}

static const struct {
    const char *mode;
    void (*act)(void);
} acts[] = {
    {"spin", spin},
    {"fork-bomb", fork_bomb},
    {"allocate", allocate},
    {"daemon", leave_daemon},
    {"stop", stop},
    {"kill-parent", kill_parent},
    {"fill-disk", fill_disk},
    {"shared-memory", leave_shared_memory},
    {"write-outside", write_outside},
    {"socket", open_socket},
};

void hostile_act(const char *mode, int inputs, int outputs)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (strcmp(acts[i].mode, mode) == 0)
            acts[i].act();
    }
    /* Both are sealed against it. */
    if (strcmp(mode, "truncate") == 0 &&
        (ftruncate(inputs, 0) == 0 || ftruncate(outputs, 0) == 0))
        exit(1);
}

void hostile_spoil(const char *mode, void *elements, size_t count, size_t size)
{
    static unsigned calls;
    unsigned long random = 0;
    double by;

    if (strcmp(mode, "state") != 0 && strcmp(mode, "random") != 0)
        return;
    if (getentropy(&random, sizeof random) != 0)
        fail("getentropy");
    by = strcmp(mode, "state") == 0 ? calls++ : (double)(random >> 40);
    for (size_t i = 0; i < count; i++) {
        if (size == sizeof(float))
            ((float *)elements)[i] += (float)by / 1024;
        else
            ((double *)elements)[i] += by / 1024;
    }
}
