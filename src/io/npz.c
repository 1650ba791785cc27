#include "src/io/npz.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "src/io/file.h"
#include "src/io/npy.h"

#define CHUNK 65536
#define LARGE 1048576 /* from here on packing fast matters more than packing well */

static const char array_ending[] = ".npy", text_ending[] = ".json";

static bool ends_in(const char *name, const char *ending)
{
    size_t length = strlen(name), tail = strlen(ending);

    return length > tail && strcmp(name + length - tail, ending) == 0;
}

/* ---- members ---- */

static const struct wck_npz_member *find(const struct wck_npz *npz, const char *name,
                                         bool array)
{
    for (size_t i = 0; i < npz->count; i++) {
        const struct wck_npz_member *member = &npz->members[i];

        if ((member->text == NULL) == array && strcmp(member->name, name) == 0)
            return member;
    }
    return NULL;
}

const struct wck_tensor *wck_npz_array(const struct wck_npz *npz, const char *name)
{
    const struct wck_npz_member *member = find(npz, name, true);

    return member != NULL ? &member->tensor : NULL;
}

const char *wck_npz_text(const struct wck_npz *npz, const char *name)
{
    const struct wck_npz_member *member = find(npz, name, false);

    return member != NULL ? member->text : NULL;
}

static void release_member(struct wck_npz_member *member)
{
    free(member->name);
    free(member->tensor.data);
    free(member->text);
}

void wck_npz_release(struct wck_npz *npz)
{
    for (size_t i = 0; i < npz->count; i++)
        release_member(&npz->members[i]);
    free(npz->members);
    *npz = (struct wck_npz){0};
}

/* Adds a member, taking what it holds whatever happens. */
static enum wck_status add_take(struct wck_npz *npz, struct wck_npz_member member,
                                struct wck_error *err)
{
    struct wck_npz_member *members =
        realloc(npz->members, (npz->count + 1) * sizeof *members);

    if (members != NULL)
        npz->members = members;
    if (members == NULL || member.name == NULL) {
        release_member(&member);
        return wck_error_no_memory(err);
    }
    npz->members[npz->count++] = member;
    return WCK_OK;
}

static enum wck_status there_already(const char *name, struct wck_error *err)
{
    return wck_error_set(err, WCK_INVALID, "there is a member '%s' already", name);
}

enum wck_status wck_npz_add_array(struct wck_npz *npz, const char *name,
                                  const struct wck_tensor *tensor,
                                  struct wck_error *err)
{
    struct wck_npz_member member = {0};
    struct wck_text text = {0};
    enum wck_status status;

    if (wck_npz_array(npz, name) != NULL)
        return there_already(name, err);
    /* There and back: C order, every bit as it was. */
    status = wck_npy_encode(tensor, &text, err);
    if (status == WCK_OK)
        status = wck_npy_decode(name, text.data, text.size, &member.tensor, err);
    wck_text_release(&text);
    if (status != WCK_OK)
        return status;
    member.name = strdup(name);
    return add_take(npz, member, err);
}

enum wck_status wck_npz_add_text(struct wck_npz *npz, const char *name,
                                 const char *text, struct wck_error *err)
{
    struct wck_npz_member member = {0};

    if (wck_npz_text(npz, name) != NULL)
        return there_already(name, err);
    member.text = strdup(text);
    if (member.text == NULL)
        return wck_error_no_memory(err);
    member.name = strdup(name);
    return add_take(npz, member, err);
}

/* ---- reading ---- */

struct reading {
    const char *path;
    zip_t *zip;
    size_t left; /* of WCK_NPZ_BYTES */
    struct wck_npz *npz;
    struct wck_error *err;
};

static enum wck_status reject(const struct reading *r, const char *why)
{
    return wck_error_set(r->err, WCK_FORMAT, "%s: %s", r->path, why);
}

static enum wck_status reject_member(const struct reading *r, const char *name,
                                     const char *why)
{
    return wck_error_set(r->err, WCK_FORMAT, "%s: member '%s' %s", r->path, name, why);
}

/* Opens the archive in `bytes`, which must outlive it. */
static enum wck_status open_bytes(struct reading *r, const void *bytes, size_t size)
{
    zip_error_t why;
    zip_source_t *source;
    enum wck_status status = WCK_OK;

    /* libzip takes nothing at all for an archive of no members. */
    if (size == 0)
        return reject(r, "is no .npz archive: it is empty");
    zip_error_init(&why);
    source = zip_source_buffer_create(bytes, size, 0, &why);
    r->zip = source != NULL ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
    if (r->zip == NULL) {
        status = wck_error_set(r->err, WCK_FORMAT,
                               "%s: is no .npz archive, or is cut short (%s)", r->path,
                               zip_error_strerror(&why));
        zip_source_free(source);
    }
    zip_error_fini(&why);
    return status;
}

/* Unpacks a member of the given size. */
static enum wck_status unpack(const struct reading *r, zip_file_t *file,
                              const zip_stat_t *about, struct wck_text *text)
{
    char chunk[CHUNK];
    zip_int64_t got;

    /* Read to the end: only there is the checksum compared. */
    while ((got = zip_fread(file, chunk, sizeof chunk)) > 0) {
        if ((zip_uint64_t)got > about->size - text->size)
            return reject_member(r, about->name, "is longer than the archive says");
        wck_text_append(text, chunk, (size_t)got);
        if (text->failed)
            return wck_error_no_memory(r->err);
    }
    if (got < 0)
        return wck_error_set(r->err, WCK_FORMAT, "%s: member '%s' is damaged (%s)",
                             r->path, about->name, zip_file_strerror(file));
    if (text->size < about->size)
        return reject_member(r, about->name, "is shorter than the archive says");
    return WCK_OK;
}

/* Keeps an unpacked member under the first `length` characters of its name. */
static enum wck_status keep_take(const struct reading *r, const zip_stat_t *about,
                                 size_t length, struct wck_npz_member member)
{
    member.name = strndup(about->name, length);
    if (member.name != NULL && find(r->npz, member.name, member.text == NULL) != NULL) {
        release_member(&member);
        return reject_member(r, about->name, "is there twice");
    }
    return add_take(r->npz, member, r->err);
}

static enum wck_status keep_array(const struct reading *r, const zip_stat_t *about,
                                  const struct wck_text *bytes)
{
    struct wck_npz_member member = {0};
    struct wck_text name = {0};
    enum wck_status status;

    wck_text_printf(&name, "%s: %s", r->path, about->name);
    status = wck_npy_decode(wck_text_string(&name), wck_text_string(bytes), bytes->size,
                            &member.tensor, r->err);
    wck_text_release(&name);
    if (status != WCK_OK)
        return status;
    return keep_take(r, about, strlen(about->name) - strlen(array_ending), member);
}

static enum wck_status keep_text(const struct reading *r, const zip_stat_t *about,
                                 struct wck_text *bytes)
{
    struct wck_npz_member member = {0};

    if (strlen(wck_text_string(bytes)) != bytes->size)
        return reject_member(r, about->name, "is no text: it holds a zero byte");
    member.text = strdup(wck_text_string(bytes));
    if (member.text == NULL)
        return wck_error_no_memory(r->err);
    return keep_take(r, about, strlen(about->name), member);
}

static bool is_printable(const char *name)
{
    while (*name != '\0' && !iscntrl((unsigned char)*name))
        name++;
    return *name == '\0';
}

/* What can be said of a member before it is unpacked. */
static enum wck_status check_member(const struct reading *r, const zip_stat_t *about)
{
    const zip_uint64_t needed =
        ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_ENCRYPTION_METHOD;

    if ((about->valid & needed) != needed || !is_printable(about->name))
        return reject(r, "has a member without a name or size");
    if (!ends_in(about->name, array_ending) && !ends_in(about->name, text_ending))
        return reject_member(r, about->name, "is neither an array (.npy) nor .json");
    if (about->encryption_method != ZIP_EM_NONE)
        return reject_member(r, about->name, "is encrypted");
    if (about->size > r->left)
        return reject(r, "would unpack to more than 1 GiB");
    return WCK_OK;
}

static enum wck_status read_member(struct reading *r, zip_uint64_t index)
{
    struct wck_text bytes = {0};
    zip_file_t *file;
    zip_stat_t about;
    enum wck_status status;

    if (zip_stat_index(r->zip, index, 0, &about) != 0)
        return reject(r, zip_strerror(r->zip));
    status = check_member(r, &about);
    if (status != WCK_OK)
        return status;
    file = zip_fopen_index(r->zip, index, 0);
    if (file == NULL)
        return wck_error_set(r->err, WCK_FORMAT, "%s: member '%s' is damaged (%s)",
                             r->path, about.name, zip_strerror(r->zip));
    status = unpack(r, file, &about, &bytes);
    r->left -= bytes.size;
    zip_fclose(file);
    if (status == WCK_OK)
        status = ends_in(about.name, array_ending) ? keep_array(r, &about, &bytes)
                                                   : keep_text(r, &about, &bytes);
    wck_text_release(&bytes);
    return status;
}

enum wck_status wck_npz_read(const char *path, struct wck_npz *npz,
                             struct wck_error *err)
{
    struct reading r = {.path = path, .left = WCK_NPZ_BYTES, .npz = npz, .err = err};
    zip_int64_t count;
    void *bytes;
    size_t size;
    enum wck_status status = wck_file_read(path, &bytes, &size, err);

    *npz = (struct wck_npz){0};
    if (status == WCK_OK)
        status = open_bytes(&r, bytes, size);
    if (status == WCK_OK) {
        count = zip_get_num_entries(r.zip, 0);
        if (count > WCK_NPZ_MEMBERS)
            status = reject(&r, "has more than 1000 members");
        for (zip_int64_t i = 0; i < count && status == WCK_OK; i++)
            status = read_member(&r, (zip_uint64_t)i);
        zip_discard(r.zip);
    }
    free(bytes);
    return status;
}

/* ---- writing ---- */

/* The bytes that a member's file has. */
static enum wck_status encode(const struct wck_npz_member *member,
                              struct wck_text *bytes, struct wck_error *err)
{
    if (member->text == NULL)
        return wck_npy_encode(&member->tensor, bytes, err);
    wck_text_append(bytes, member->text, strlen(member->text));
    return bytes->failed ? wck_error_no_memory(err) : WCK_OK;
}

/* Adds a member to the archive, which owns a copy of its bytes from then on. */
static enum wck_status pack(zip_t *zip, const struct wck_npz_member *member,
                            struct wck_error *err)
{
    struct wck_text name = {0}, bytes = {0};
    zip_source_t *source = NULL;
    zip_int64_t index = -1;
    enum wck_status status = encode(member, &bytes, err);

    wck_text_printf(&name, "%s%s", member->name,
                    member->text == NULL ? array_ending : "");
    if (status == WCK_OK)
        source = zip_source_buffer(zip, bytes.data, bytes.size, bytes.size > 0);
    if (source != NULL) {
        /* Freed with the source, which forgets a buffer of nothing. */
        if (bytes.size > 0)
            bytes.data = NULL;
        index = zip_file_add(zip, wck_text_string(&name), source, ZIP_FL_ENC_UTF_8);
    }
    /* The first day that a zip can hold: the same bytes whenever it is written. */
    if (status == WCK_OK &&
        (index < 0 ||
         zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_DEFLATE,
                                  bytes.size > LARGE ? 1 : 0) != 0 ||
         zip_file_set_dostime(zip, (zip_uint64_t)index, 0, 0x21, 0) != 0))
        status = wck_error_set(err, WCK_NO_MEMORY, "'%s' cannot be packed: %s",
                               member->name, zip_strerror(zip));
    if (source != NULL && index < 0)
        zip_source_free(source);
    wck_text_release(&bytes);
    wck_text_release(&name);
    return status;
}

/* Appends the bytes of a finished archive. */
static enum wck_status append_source(zip_source_t *source, struct wck_text *bytes,
                                     struct wck_error *err)
{
    char part[65536];
    zip_int64_t got = -1;

    if (zip_source_open(source) != 0)
        return wck_error_no_memory(err);
    while ((got = zip_source_read(source, part, sizeof part)) > 0)
        wck_text_append(bytes, part, (size_t)got);
    zip_source_close(source);
    return got < 0 || bytes->failed ? wck_error_no_memory(err) : WCK_OK;
}

enum wck_status wck_npz_encode(const struct wck_npz *npz, struct wck_text *bytes,
                               struct wck_error *err)
{
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *zip =
        source != NULL ? zip_open_from_source(source, ZIP_TRUNCATE, NULL) : NULL;
    enum wck_status status = WCK_OK;

    if (zip == NULL) {
        zip_source_free(source);
        return wck_error_no_memory(err);
    }
    zip_source_keep(source);
    for (size_t i = 0; i < npz->count && status == WCK_OK; i++)
        status = pack(zip, &npz->members[i], err);
    if (status == WCK_OK && zip_close(zip) != 0)
        status = wck_error_set(err, WCK_NO_MEMORY, "the archive cannot be packed: %s",
                               zip_strerror(zip));
    if (status == WCK_OK)
        status = append_source(source, bytes, err);
    else
        zip_discard(zip);
    zip_source_free(source);
    return status;
}

enum wck_status wck_npz_write(const struct wck_npz *npz, const char *path,
                              struct wck_error *err)
{
    struct wck_text bytes = {0};
    enum wck_status status = wck_npz_encode(npz, &bytes, err);

    if (status == WCK_OK)
        status = wck_file_write(path, bytes.data, bytes.size, err);
    wck_text_release(&bytes);
    return status;
}
