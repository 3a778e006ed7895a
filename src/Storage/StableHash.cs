namespace ExecutionGrains.Storage;

/// <summary>FNV-1a over a text's UTF-16 units (http://www.isthe.com/chongo/tech/comp/fnv/): the same in every process and version, since it is stored.</summary>
internal static class StableHash
{
    public static uint Of(string text)
    {
        var hash = 2166136261u;
        foreach (var unit in text)
        {
            hash = (hash ^ unit) * 16777619u;
        }

        return hash;
    }
}
