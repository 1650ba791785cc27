#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check/io/scratch.h"
#include "check/suites.h"
#include "src/io/file.h"

static void expect_error(const struct wck_error *err, enum wck_status status,
                         const char *part)
{
    ck_assert_int_eq(err->status, status);
    ck_assert_msg(strstr(err->text, part) != NULL, "'%s' does not say '%s'", err->text,
                  part);
}

static void expect_contents(const char *path, const char *want)
{
    void *data;
    size_t size;

    ck_assert_int_eq(wck_file_read(path, &data, &size, NULL), WCK_OK);
    ck_assert_uint_eq(size, strlen(want));
    ck_assert_mem_eq(data, want, size);
    free(data);
}

static mode_t mode_of(const char *path)
{
    struct stat about;

    ck_assert_int_eq(lstat(path, &about), 0);
    return about.st_mode;
}

START_TEST(what_was_written_is_read)
{
    const char *path = scratch_path("a");

    ck_assert_int_eq(wck_file_write(path, "a\0b", 3, NULL), WCK_OK);
    {
        void *data;
        size_t size;

        ck_assert_int_eq(wck_file_read(path, &data, &size, NULL), WCK_OK);
        ck_assert_uint_eq(size, 3);
        ck_assert_mem_eq(data, "a\0b", 3);
        free(data);
    }
    ck_assert_int_eq(wck_file_write(path, "", 0, NULL), WCK_OK);
    expect_contents(path, "");
}
END_TEST

START_TEST(a_missing_file_is_named_with_the_reason)
{
    struct wck_error err = {0};
    void *data;
    size_t size;

    wck_file_read(scratch_path("none"), &data, &size, &err);
    expect_error(&err, WCK_IO, "/none: No such file or directory");
    ck_assert_ptr_null(data);
}
END_TEST

START_TEST(a_folder_is_no_file)
{
    const char *path = scratch_path("folder");
    struct wck_error err = {0}, again = {0};
    void *data;
    size_t size;

    ck_assert_int_eq(mkdir(path, 0777), 0);
    wck_file_read(path, &data, &size, &err);
    expect_error(&err, WCK_IO, "/folder: Is a directory");
    ck_assert_ptr_null(data);
    wck_file_write(path, "a", 1, &again);
    expect_error(&again, WCK_IO, "/folder: Is a directory");
}
END_TEST

START_TEST(a_file_whose_size_nobody_knows_is_read_to_its_end)
{
    void *data;
    size_t size;

    ck_assert_int_eq(wck_file_read("/proc/self/status", &data, &size, NULL), WCK_OK);
    ck_assert_uint_gt(size, 0);
    ck_assert_mem_eq(data, "Name:", 5);
    free(data);
}
END_TEST

/* More than the first buffer of a pipe's reader holds. */
#define LONG 300000

static void *feed(void *path)
{
    char *bytes = malloc(LONG);

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < LONG; i++)
        bytes[i] = (char)(i % 251);
    ck_assert_int_eq(wck_file_write(path, bytes, LONG, NULL), WCK_OK);
    free(bytes);
    return NULL;
}

START_TEST(a_pipe_is_written_to_and_read)
{
    char *path = strdup(scratch_path("pipe"));
    pthread_t writer;
    void *data;
    size_t size;

    ck_assert_int_eq(mkfifo(path, 0666), 0);
    ck_assert_int_eq(pthread_create(&writer, NULL, feed, path), 0);
    ck_assert_int_eq(wck_file_read(path, &data, &size, NULL), WCK_OK);
    pthread_join(writer, NULL);
    ck_assert_uint_eq(size, LONG);
    ck_assert_int_eq(((const char *)data)[LONG - 1], (char)((LONG - 1) % 251));
    ck_assert(S_ISFIFO(mode_of(path)));
    free(data);
    free(path);
}
END_TEST

START_TEST(a_new_file_has_the_permissions_that_any_new_file_gets)
{
    const char *path = scratch_path("new");
    mode_t old = umask(027);

    ck_assert_int_eq(wck_file_write(path, "a", 1, NULL), WCK_OK);
    umask(old);
    ck_assert_int_eq(mode_of(path) & 07777, 0640);
}
END_TEST

START_TEST(replacing_a_file_keeps_its_permissions)
{
    const char *path = scratch_file("old", "old", 3);

    ck_assert_int_eq(chmod(path, 0604), 0);
    ck_assert_int_eq(wck_file_write(path, "longer", 6, NULL), WCK_OK);
    expect_contents(path, "longer");
    ck_assert_int_eq(mode_of(path) & 07777, 0604);
}
END_TEST

START_TEST(a_symbolic_link_stays_and_its_target_is_replaced)
{
    const char *target = scratch_file("target", "old", 3), *link = scratch_path("link");

    ck_assert_int_eq(symlink("target", link), 0);
    ck_assert_int_eq(wck_file_write(link, "new", 3, NULL), WCK_OK);
    ck_assert(S_ISLNK(mode_of(link)));
    expect_contents(target, "new");
}
END_TEST

START_TEST(a_write_protected_file_is_left_alone)
{
    const char *path = scratch_file("guarded", "old", 3);
    struct wck_error err = {0};

    ck_assert_int_eq(chmod(path, 0444), 0);
    /* The superuser may write anywhere: be somebody else. */
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    wck_file_write(path, "new", 3, &err);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    expect_error(&err, WCK_IO, "/guarded: Permission denied");
    expect_contents(path, "old");
}
END_TEST

START_TEST(a_missing_folder_is_an_error)
{
    struct wck_error err = {0};

    wck_file_write(scratch_path("no/such"), "a", 1, &err);
    expect_error(&err, WCK_IO, "/no/such: No such file or directory");
}
END_TEST

START_TEST(a_path_too_long_is_an_error)
{
    static char path[5000];
    struct wck_error err = {0};

    memset(path, 'a', sizeof path - 1);
    for (size_t i = 0; i < sizeof path - 1; i += 100)
        path[i] = '/';
    wck_file_write(path, "a", 1, &err);
    expect_error(&err, WCK_IO, "aaa");
}
END_TEST

START_TEST(a_full_device_is_an_error)
{
    struct wck_error err = {0};

    wck_file_write("/dev/full", "a", 1, &err);
    expect_error(&err, WCK_IO, "/dev/full: No space left on device");
}
END_TEST

START_TEST(a_device_is_written_to_as_it_is)
{
    ck_assert_int_eq(wck_file_write("/dev/null", "a", 1, NULL), WCK_OK);
    ck_assert(S_ISCHR(mode_of("/dev/null")));
}
END_TEST

START_TEST(what_fails_half_way_leaves_the_old_file_and_nothing_else)
{
    const struct rlimit small = {.rlim_cur = 1000, .rlim_max = RLIM_INFINITY};
    const char *path = scratch_file("whole", "old", 3);
    static const char bytes[5000];
    struct wck_error err = {0};

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    wck_file_write(path, bytes, sizeof bytes, &err);
    expect_error(&err, WCK_IO, "/whole: File too large");
    expect_contents(path, "old");
    ck_assert_int_eq(unlink(path), 0);
    /* The folder is empty again: it can go. */
    ck_assert_int_eq(rmdir(scratch_path("")), 0);
    scratch_make();
}
END_TEST

Suite *wck_file_suite(void)
{
    Suite *suite = suite_create("file");
    TCase *tests = tcase_create("file");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, what_was_written_is_read);
    tcase_add_test(tests, a_missing_file_is_named_with_the_reason);
    tcase_add_test(tests, a_folder_is_no_file);
    tcase_add_test(tests, a_file_whose_size_nobody_knows_is_read_to_its_end);
    tcase_add_test(tests, a_pipe_is_written_to_and_read);
    tcase_add_test(tests, a_new_file_has_the_permissions_that_any_new_file_gets);
    tcase_add_test(tests, replacing_a_file_keeps_its_permissions);
    tcase_add_test(tests, a_symbolic_link_stays_and_its_target_is_replaced);
    tcase_add_test(tests, a_write_protected_file_is_left_alone);
    tcase_add_test(tests, a_missing_folder_is_an_error);
    tcase_add_test(tests, a_path_too_long_is_an_error);
    tcase_add_test(tests, a_full_device_is_an_error);
    tcase_add_test(tests, a_device_is_written_to_as_it_is);
    tcase_add_test(tests, what_fails_half_way_leaves_the_old_file_and_nothing_else);
    suite_add_tcase(suite, tests);
    return suite;
}
